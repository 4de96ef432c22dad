  <router-configuration>
    <WAN_VLAN_Setting>
      <WAN_VLAN_Enable>{{ 1 if XX_vlan else 0 }}</WAN_VLAN_Enable>
      <WAN_VLAN_ID>{{ XX_vlan.id if XX_vlan else "" }}</WAN_VLAN_ID>
    </WAN_VLAN_Setting>
    <Time_Setup>
{% if XX_zone_code %}
      <Time_Zone>{{ XX_zone_code }}</Time_Zone>
{% endif %}
      <Time_Server>{{ XX_ntp }}</Time_Server>
    </Time_Setup>
{% if XX_users.admin %}
{% if XX_users.admin.name %}
    <Web_Login_Admin_Name>{{ XX_users.admin.name }}</Web_Login_Admin_Name>
{% endif %}
    <Web_Login_Admin_Password>{{ XX_users.admin.password }}</Web_Login_Admin_Password>
{% endif %}
{% if XX_users.user %}
{% if XX_users.user.name %}
    <Web_Login_Guest_Name>{{ XX_users.user.name }}</Web_Login_Guest_Name>
{% endif %}
    <Web_Login_Guest_Password>{{ XX_users.user.password }}</Web_Login_Guest_Password>
{% endif %}
  </router-configuration>
