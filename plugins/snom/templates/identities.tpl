{% for identity in XX_identities %}
{% set n = identity.number %}
<user_active idx="{{ n }}" perm="R">on</user_active>
<user_realname idx="{{ n }}" perm="R">{{ identity.display_name }}</user_realname>
<user_name idx="{{ n }}" perm="R">{{ identity.username }}</user_name>
<user_pname idx="{{ n }}" perm="R">{{ identity.auth_username }}</user_pname>
<user_pass idx="{{ n }}" perm="R">{{ identity.password }}</user_pass>
<user_host idx="{{ n }}" perm="R">{{ identity.host }}</user_host>
<user_outbound idx="{{ n }}" perm="R">{{ identity.outbound }}</user_outbound>
<user_idle_text idx="{{ n }}" perm="R">{{ identity.idle_text }}</user_idle_text>
<user_idle_number idx="{{ n }}" perm="R">{{ identity.idle_number }}</user_idle_number>
<user_mailbox idx="{{ n }}" perm="R">{{ identity.mailbox }}</user_mailbox>
<user_srtp idx="{{ n }}" perm="R">{{ identity.srtp }}</user_srtp>
<user_savp idx="{{ n }}" perm="R">{{ identity.savp }}</user_savp>
<user_dtmf_info idx="{{ n }}" perm="R">{{ identity.dtmf }}</user_dtmf_info>
<codec_priority_list idx="{{ n }}" perm="R">{{ identity.codecs }}</codec_priority_list>
<user_failover_identity idx="{{ n }}" perm="R">{{ identity.failover }}</user_failover_identity>
<hide_identity idx="{{ n }}" perm="R">{{ "on" if identity.hidden else "off" }}</hide_identity>
{% for setting, code in XX_codes %}
<{{ setting }} idx="{{ n }}" perm="R">{{ code }}</{{ setting }}>
{% endfor %}
{% endfor %}
{% for n in XX_unused_identities %}
<user_active idx="{{ n }}" perm="R">off</user_active>
{% for setting in ("user_realname", "user_name", "user_pname", "user_pass", "user_host", "user_outbound", "user_idle_text", "user_idle_number", "user_mailbox", "user_failover_identity") %}
<{{ setting }} idx="{{ n }}" perm="R"></{{ setting }}>
{% endfor %}
<hide_identity idx="{{ n }}" perm="R">off</hide_identity>
{% endfor %}
<status_msgs_that_are_blocked perm="R">{{ XX_blocked_messages }}</status_msgs_that_are_blocked>
