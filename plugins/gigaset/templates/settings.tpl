{% include "common.tpl" %}
{% if XX_language is not none %}
<language perm="RW">{{ XX_language }}</language>
<web_language perm="RW">{{ XX_language }}</web_language>
{% endif %}
{% if XX_tones is not none %}
<tone_scheme perm="RW">{{ XX_tones }}</tone_scheme>
{% endif %}
{% if XX_clock %}
<timezone perm="RW"></timezone>
<utc_offset perm="RW">{{ XX_clock.offset }}</utc_offset>
<dst perm="RW">{{ XX_clock.summer }}</dst>
{% endif %}
<ntp_server perm="R">{{ XX_ntp or "" }}</ntp_server>
<dns_server1 perm="R">{{ XX_dns }}</dns_server1>
<dns_server2 perm="R"></dns_server2>
<vlan_id perm="R">{{ XX_vlan.id if XX_vlan else "" }}</vlan_id>
<vlan_qos perm="R">{{ XX_vlan.priority if XX_vlan else "" }}</vlan_qos>
{% set tags_pc = XX_vlan and XX_vlan.pc_port_id %}
<vlan_port_tagging perm="R">{{ "on" if tags_pc else "off" }}</vlan_port_tagging>
<vlan_pc_id perm="R">{{ XX_vlan.pc_port_id if tags_pc else "" }}</vlan_pc_id>
<vlan_pc_priority perm="R">{{ XX_vlan.priority if tags_pc else "" }}</vlan_pc_priority>
<syslog_server perm="R">{{ XX_syslog.server }}</syslog_server>
<log_level perm="R">{{ XX_syslog.level }}</log_level>
{% if XX_admin %}
{# Firmware up to 10.1.17x and newer firmware have names of their own. #}
<http_user perm="R">{{ XX_admin.name }}</http_user>
<http_pass perm="R">{{ XX_admin.password }}</http_pass>
<webserver_admin_name perm="R">{{ XX_admin.name }}</webserver_admin_name>
<webserver_admin_password perm="R">{{ XX_admin.password }}</webserver_admin_password>
{% if XX_pin %}
<admin_mode_password perm="R">{{ XX_pin }}</admin_mode_password>
<admin_mode_password_confirm perm="R">{{ XX_pin }}</admin_mode_password_confirm>
{% endif %}
<admin_mode perm="RW">off</admin_mode>
{% endif %}
{% if XX_user %}
<webserver_user_name perm="R">{{ XX_user.name }}</webserver_user_name>
<webserver_user_password perm="R">{{ XX_user.password }}</webserver_user_password>
{% endif %}
{# So that the phone takes a NOTIFY, whoever sends it. #}
<network_id_port perm="R">5060</network_id_port>
<filter_registrar perm="R">off</filter_registrar>
<challenge_response perm="R">off</challenge_response>
{% for n, identity in XX_identities %}
{% for name, value in identity.items() %}
<{{ name }} idx="{{ n }}" perm="R">{{ value }}</{{ name }}>
{% endfor %}
{% if identity.user_active == "on" %}
{% for name, code in XX_codes.items() %}
<{{ name }} idx="{{ n }}" perm="R">{{ code }}</{{ name }}>
{% endfor %}
{% endif %}
{% endfor %}
<dkey_retrieve perm="R">{{ "speed " ~ XX_retrieve if XX_retrieve else "" }}</dkey_retrieve>
<context_key idx="3" perm="R">{{ "url " ~ XX_phonebook_url if XX_phonebook_url else "" }}</context_key>
