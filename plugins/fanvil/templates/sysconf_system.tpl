  <fwCheck>
    <EnableAutoUpgrade>{{ 1 if XX_check_url else 0 }}</EnableAutoUpgrade>
    <UpgradeServer1>{{ XX_check_url or "" }}</UpgradeServer1>
    <UpgradeServer2></UpgradeServer2>
    <AutoUpgradeInterval>24</AutoUpgradeInterval>
  </fwCheck>
  <net>
    <DHCPAutoDNS>{{ 0 if XX_dns else 1 }}</DHCPAutoDNS>
{% if XX_dns %}
    <PrimaryDNS>{{ XX_dns }}</PrimaryDNS>
    <SecondaryDNS></SecondaryDNS>
{% endif %}
  </net>
  <qos>
    <EnableVLAN>{{ 1 if XX_vlan else 0 }}</EnableVLAN>
{% if XX_vlan %}
    <VLANID>{{ XX_vlan.id }}</VLANID>
    <SignallingPriority>{{ XX_vlan.priority }}</SignallingPriority>
    <VoicePriority>{{ XX_vlan.priority }}</VoicePriority>
{% endif %}
{% if "vlan_pc_port_id" not in XX_phone.lacks %}
    <EnablePVID>{{ 2 if XX_vlan and XX_vlan.pc_port_id else 0 }}</EnablePVID>
{% if XX_vlan and XX_vlan.pc_port_id %}
    <PVIDValue>{{ XX_vlan.pc_port_id }}</PVIDValue>
{% endif %}
{% endif %}
  </qos>
  <log>
    <Level>{{ XX_syslog.level if XX_syslog else "ERROR" }}</Level>
    <SyslogServer>{{ XX_syslog.server if XX_syslog else "0.0.0.0" }}</SyslogServer>
    <SyslogServerPort>{{ XX_syslog.port if XX_syslog else 514 }}</SyslogServerPort>
  </log>
{% if XX_users %}
  <web>
{% for number, name, password, level in XX_users %}
    <account index="{{ number }}">
      <Name>{{ name }}</Name>
      <Password>{{ password }}</Password>
      <Level>{{ level }}</Level>
    </account>
{% endfor %}
  </web>
{% endif %}
{% if XX_tones is not none %}
  <mm>
    <SelectYourTone>{{ XX_tones }}</SelectYourTone>
  </mm>
{% endif %}
  <phone>
{% if XX_menu_password %}
    <MenuPassword>{{ XX_menu_password }}</MenuPassword>
{% endif %}
    <display>
      <LCDTitle>{{ XX_title }}</LCDTitle>
{% if XX_language is not none %}
      <DefaultLanguage>{{ XX_language }}</DefaultLanguage>
{% endif %}
    </display>
    <date>
      <EnableSNTP>{{ 1 if XX_ntp else 0 }}</EnableSNTP>
{% if XX_ntp %}
      <SNTPServer>{{ XX_ntp }}</SNTPServer>
{% endif %}
{% if XX_clock %}
      <TimeZone>{{ XX_clock.quarters }}</TimeZone>
      <TimeZoneName>{{ XX_clock.name }}</TimeZoneName>
      <EnableDST>{{ 2 if XX_clock.summer else 0 }}</EnableDST>
{% if XX_clock.summer %}
      <DSTMinOffset>{{ XX_clock.summer.minutes }}</DSTMinOffset>
{% for side, change in XX_clock.summer.changes.items() %}
{% for name, value in change.items() %}
      <DST{{ side }}{{ name }}>{{ value }}</DST{{ side }}{{ name }}>
{% endfor %}
{% endfor %}
{% endif %}
{% endif %}
    </date>
{% if "X_accent_phonebook_ip" not in XX_phone.lacks %}
    <xmlContact index="1">
      <Name>{{ XX_phonebook_name }}</Name>
      <Addr>{{ XX_phonebook_url }}</Addr>
      <UserName></UserName>
      <PassWd></PassWd>
    </xmlContact>
{% endif %}
  </phone>
