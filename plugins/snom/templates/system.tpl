{% if XX_clock and XX_clock.code %}
<timezone perm="RW">{{ XX_clock.code }}</timezone>
{% elif XX_clock %}
<timezone perm="RW"></timezone>
<utc_offset perm="RW">{{ XX_clock.offset }}</utc_offset>
<dst perm="RW">{{ XX_clock.summer }}</dst>
{% endif %}
<ntp_server perm="R">{{ XX_ntp }}</ntp_server>
<dns_server1 perm="R">{{ XX_dns }}</dns_server1>
<dns_server2 perm="R"></dns_server2>
<vlan_id perm="R">{{ XX_vlan.id if XX_vlan else "" }}</vlan_id>
<vlan_qos perm="R">{{ XX_vlan.priority if XX_vlan else "" }}</vlan_qos>
{% if "vlan_pc_port_id" not in XX_phone.lacks %}
{% set is_tagging = XX_vlan and XX_vlan.pc_port_id %}
<vlan_port_tagging perm="R">{{ "on" if is_tagging else "off" }}</vlan_port_tagging>
<vlan_pc_id perm="R">{{ XX_vlan.pc_port_id if is_tagging else "" }}</vlan_pc_id>
<vlan_pc_priority perm="R">{{ XX_vlan.priority if is_tagging else "" }}</vlan_pc_priority>
{% endif %}
<syslog_server perm="R">{{ XX_syslog.server }}</syslog_server>
<log_level perm="R">{{ XX_syslog.level }}</log_level>
{% if XX_admin %}
<http_user perm="R">{{ XX_admin.name }}</http_user>
<http_pass perm="R">{{ XX_admin.password }}</http_pass>
<webserver_admin_name perm="R">{{ XX_admin.name }}</webserver_admin_name>
<webserver_admin_password perm="R">{{ XX_admin.password }}</webserver_admin_password>
{% if XX_menu_code %}
<admin_mode_password perm="R">{{ XX_menu_code }}</admin_mode_password>
<admin_mode_password_confirm perm="R">{{ XX_menu_code }}</admin_mode_password_confirm>
{% endif %}
<admin_mode perm="RW">off</admin_mode>
{% endif %}
{% if XX_user %}
<webserver_user_name perm="R">{{ XX_user.name }}</webserver_user_name>
<webserver_user_password perm="R">{{ XX_user.password }}</webserver_user_password>
{% endif %}
{% if XX_phone.provisioning_order %}
<provisioning_order perm="R">dhcp:stop redirection:stop</provisioning_order>
{% endif %}
<network_id_port perm="R">5060</network_id_port>
<filter_registrar perm="R">off</filter_registrar>
<challenge_response perm="R">off</challenge_response>
<firmware_status perm="R">{{ XX_firmware_document if XX_firmware_url or XX_module_firmware_url else "" }}</firmware_status>
<update_policy perm="R">{{ "auto_update" if XX_firmware_url or XX_module_firmware_url else "settings_only" }}</update_policy>
<dkey_retrieve perm="R">{{ "speed %s"|format(XX_voicemail) if XX_voicemail else "" }}</dkey_retrieve>
{% if XX_phone.directory == "dkey" %}
<dkey_directory perm="R">{{ "url %s"|format(XX_directory_url) if XX_directory_url else "" }}</dkey_directory>
{% elif XX_phone.directory == "soft" %}
<{{ XX_phone.soft_key|safe }} perm="R">{{ "url %s"|format(XX_directory_url) if XX_directory_url else "" }}</{{ XX_phone.soft_key.partition(" ")[0] }}>
{% endif %}
