  <Upgrade_Enable>Yes</Upgrade_Enable>
  <Upgrade_Rule>{{ XX_firmware_url }}</Upgrade_Rule>
{% if XX_phone.custom_ca %}
  <Custom_CA_Rule>{{ XX_certificates[0]|d("") }}</Custom_CA_Rule>
{% endif %}
{% if XX_phone.kind != "router" %}
{% if XX_users.admin %}
  <Admin_Passwd>{{ XX_users.admin.password }}</Admin_Passwd>
{% endif %}
{% if XX_users.user %}
  <User_Password>{{ XX_users.user.password }}</User_Password>
{% endif %}
  <Primary_NTP_Server>{{ XX_ntp }}</Primary_NTP_Server>
  <Secondary_NTP_Server></Secondary_NTP_Server>
  <Primary_DNS>{{ XX_dns }}</Primary_DNS>
  <Secondary_DNS></Secondary_DNS>
  <Syslog_Server>{{ XX_syslog.server }}</Syslog_Server>
  <Debug_Server>{{ XX_syslog.server }}</Debug_Server>
  <Debug_Level>{{ XX_syslog.level }}</Debug_Level>
{% if XX_clock %}
  <Time_Zone>{{ XX_clock.zone }}</Time_Zone>
{% if XX_phone.time_offset %}
  <Time_Offset__HH_mm_>{{ XX_clock.offset }}</Time_Offset__HH_mm_>
{% endif %}
  <Daylight_Saving_Time_Enable>{{ "Yes" if XX_clock.summer else "No" }}</Daylight_Saving_Time_Enable>
  <Daylight_Saving_Time_Rule>{{ XX_clock.summer }}</Daylight_Saving_Time_Rule>
{% endif %}
{% if "vlan_id" not in XX_phone.elsewhere %}
  <Enable_VLAN>{{ "Yes" if XX_vlan else "No" }}</Enable_VLAN>
  <VLAN_ID>{{ XX_vlan.id if XX_vlan else "" }}</VLAN_ID>
{% endif %}
{% endif %}
