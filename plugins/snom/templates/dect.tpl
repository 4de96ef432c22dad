<ntp_server>{{ XX_ntp }}</ntp_server>
<vlan_id>{{ XX_vlan.id if XX_vlan else "" }}</vlan_id>
<vlan_qos>{{ XX_vlan.priority if XX_vlan else "" }}</vlan_qos>
{% if XX_admin %}
<http_user>{{ XX_admin.name }}</http_user>
<http_pass>{{ XX_admin.password }}</http_pass>
{% endif %}
{% if XX_admin and XX_phone.three_roles %}
<http_engineer_user>{{ XX_admin.name }}</http_engineer_user>
<http_engineer_pass>{{ XX_admin.password }}</http_engineer_pass>
{% endif %}
{% if XX_user and XX_phone.three_roles %}
<http_basic_user>{{ XX_user.name }}</http_basic_user>
<http_basic_pass>{{ XX_user.password }}</http_basic_pass>
{% endif %}
<firmware>{{ XX_firmware_folder }}</firmware>
<fp_fwu_sw_version>{{ XX_firmware_version[0] }}</fp_fwu_sw_version>
<fp_fwu_branch_version>{{ XX_firmware_version[1] }}</fp_fwu_branch_version>
{% for handset, version in XX_handset_firmware.items() %}
<pp_fwu_sw_version type="{{ handset }}">{{ version[0] }}</pp_fwu_sw_version>
<pp_fwu_branch_version type="{{ handset }}">{{ version[1] }}</pp_fwu_branch_version>
{% endfor %}
{% for server in XX_servers %}
{% set n = server.number %}
<srv_sip_server_alias idx="{{ n }}">{{ server.alias }}</srv_sip_server_alias>
<user_host idx="{{ n }}">{{ server.host }}</user_host>
<user_outbound idx="{{ n }}">{{ server.outbound }}</user_outbound>
<user_srtp idx="{{ n }}">{{ server.srtp }}</user_srtp>
<srv_srtp_auth idx="{{ n }}">{{ server.srtp }}</srv_srtp_auth>
<user_dtmf_info idx="{{ n }}">{{ server.dtmf }}</user_dtmf_info>
{% endfor %}
{% for n in XX_unused_servers %}
<srv_sip_server_alias idx="{{ n }}"></srv_sip_server_alias>
<user_host idx="{{ n }}"></user_host>
<user_outbound idx="{{ n }}"></user_outbound>
{% endfor %}
{% for account in XX_accounts %}
{% set line, n = account.line, account.line.number %}
<user_active idx="{{ n }}">on</user_active>
<user_realname idx="{{ n }}">{{ line.display_name }}</user_realname>
<user_name idx="{{ n }}">{{ line.username }}</user_name>
<user_pname idx="{{ n }}">{{ line.auth_username }}</user_pname>
<user_pass idx="{{ n }}">{{ line.password }}</user_pass>
<user_mailbox idx="{{ n }}">{{ line.voicemail }}</user_mailbox>
{% if XX_phone.voicemail_number %}
<user_mailnumber idx="{{ n }}">{{ line.voicemail }}</user_mailnumber>
{% endif %}
{% if XX_phone.line_name %}
<subscr_sip_line_name idx="{{ n }}">{{ line.extension or line.display_name }}</subscr_sip_line_name>
{% endif %}
<subscr_sip_ua_data_server_id idx="{{ n }}">{{ account.server }}</subscr_sip_ua_data_server_id>
<subscr_sip_hs_idx idx="{{ n }}">{{ n }}</subscr_sip_hs_idx>
{% endfor %}
{% for n in XX_unused_accounts %}
<user_active idx="{{ n }}">off</user_active>
<user_pass idx="{{ n }}"></user_pass>
{% endfor %}
