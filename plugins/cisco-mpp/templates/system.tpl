{% for role, account in XX_users.items() %}
<{{ role|capitalize }}_Password>{{ account.password }}</{{ role|capitalize }}_Password>
{% endfor %}
{% if XX_language %}
<Dictionary_Server_Script>{{ XX_language.script }}</Dictionary_Server_Script>
<Language_Selection>{{ XX_language.name }}</Language_Selection>
<Locale>{{ XX_language.locale }}</Locale>
{% endif %}
<Primary_NTP_Server>{{ XX_ntp }}</Primary_NTP_Server>
<Secondary_NTP_Server></Secondary_NTP_Server>
{% if XX_clock %}
<Time_Zone>{{ XX_clock.zone }}</Time_Zone>
<Time_Offset__HH_mm_>{{ XX_clock.further }}</Time_Offset__HH_mm_>
<Ignore_DHCP_Time_Offset>Yes</Ignore_DHCP_Time_Offset>
<Daylight_Saving_Time_Enable>{{ "Yes" if XX_clock.summer else "No" }}</Daylight_Saving_Time_Enable>
<Daylight_Saving_Time_Rule>{{ XX_clock.summer or "" }}</Daylight_Saving_Time_Rule>
{% endif %}
<DNS_Server_Order>Manual,DHCP</DNS_Server_Order>
<Primary_DNS>{{ XX_dns }}</Primary_DNS>
<Secondary_DNS></Secondary_DNS>
{# A VLAN that the switch tells of by CDP or LLDP would go before the configuration's. #}
<Enable_CDP>{{ "No" if XX_vlan else "Yes" }}</Enable_CDP>
<Enable_LLDP-MED>{{ "No" if XX_vlan else "Yes" }}</Enable_LLDP-MED>
<Enable_VLAN>{{ "Yes" if XX_vlan else "No" }}</Enable_VLAN>
<VLAN_ID>{{ XX_vlan.id if XX_vlan else 1 }}</VLAN_ID>
{% if "vlan_pc_port_id" not in XX_phone.lacks %}
<PC_Port_VLAN_ID>{{ XX_vlan.pc_port_id or 1 if XX_vlan else 1 }}</PC_Port_VLAN_ID>
{% endif %}
<Syslog_Server>{{ XX_syslog }}</Syslog_Server>
<Debug_Level>{{ XX_log_level }}</Debug_Level>
<Custom_CA_Rule>{{ XX_certificates|first|d("") }}</Custom_CA_Rule>
<XML_Directory_Service_Name>{{ XX_phonebook_name }}</XML_Directory_Service_Name>
<XML_Directory_Service_URL>{{ XX_phonebook_url }}</XML_Directory_Service_URL>
<Upgrade_Enable>Yes</Upgrade_Enable>
<Upgrade_Rule>{{ XX_upgrade_rule }}</Upgrade_Rule>
