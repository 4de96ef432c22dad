{% macro device(port) %}
{% set line = XX_accounts|selectattr("number", "equalto", port)|first|d(none) %}
<?xml version="1.0" encoding="{{ XX_encoding|upper }}"?>
<device>
  <deviceProtocol>SIP</deviceProtocol>
{% if XX_users.admin %}
  <sshUserId>{{ XX_users.admin.name or "admin" }}</sshUserId>
  <sshPassword>{{ XX_users.admin.password }}</sshPassword>
{% endif %}
  <devicePool>
    <dateTimeSetting>
      <dateTemplate>D/M/Y</dateTemplate>
{% if XX_zone_code %}
      <timeZone>{{ XX_zone_code }}</timeZone>
{% endif %}
      <ntps>
{% if XX_ntp %}
        <ntp>
          <name>{{ XX_ntp }}</name>
          <ntpMode>Unicast</ntpMode>
        </ntp>
{% endif %}
      </ntps>
    </dateTimeSetting>
    <callManagerGroup>
      <members>
{% for server in (line.servers if line else []) %}
        <member priority="{{ loop.index0 }}">
          <callManager>
            <ports>
              <sipPort>{{ server.port or 5060 }}</sipPort>
            </ports>
            <processNodeName>{{ server.host }}</processNodeName>
          </callManager>
        </member>
{% endfor %}
      </members>
    </callManagerGroup>
  </devicePool>
{% if XX_users.admin %}
  <commonProfile>
    <phonePassword>{{ XX_users.admin.password }}</phonePassword>
  </commonProfile>
{% endif %}
  <vendorConfig>
    <logServer>{{ XX_syslog.server }}</logServer>
  </vendorConfig>
  <transportLayerProtocol>{{ 1 if line and line.transport == "TCP" else 2 }}</transportLayerProtocol>
  <deviceSecurityMode>1</deviceSecurityMode>
  <sipProfile>
    <sipProxies>
      <outboundProxy>{{ line.outbound_servers[0].host if line and line.outbound_servers else "" }}</outboundProxy>
      <outboundProxyPort>{{ line.outbound_servers[0].port or 5060 if line and line.outbound_servers else "" }}</outboundProxyPort>
      <registerWithProxy>true</registerWithProxy>
    </sipProxies>
    <dtmfOutofBand>{{ "none" if line and line.dtmf_mode == "RTP-in-band" else "avt" }}</dtmfOutofBand>
    <sipLines>
{% if line %}
      <line button="1">
        <featureID>9</featureID>
        <featureLabel>{{ line.label }}</featureLabel>
        <proxy>USECALLMANAGER</proxy>
        <name>{{ line.username }}</name>
        <displayName>{{ line.display_name }}</displayName>
        <authName>{{ line.auth_username }}</authName>
        <authPassword>{{ line.password }}</authPassword>
        <contact>{{ line.username }}</contact>
        <messagesNumber>{{ line.voicemail }}</messagesNumber>
      </line>
{% endif %}
    </sipLines>
  </sipProfile>
</device>
{% endmacro %}
