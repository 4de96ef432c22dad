  <voIpProt>
    <SIP>
      <specialEvent voIpProt.SIP.specialEvent.checkSync.alwaysReboot="0"/>
      <dtmfViaSignaling voIpProt.SIP.dtmfViaSignaling.rfc2976="{{ XX_dtmf[2] }}"/>
    </SIP>
  </voIpProt>
  <dialplan dialplan.impossibleMatchHandling="2"/>
  <tones>
    <DTMF tone.dtmf.viaRtp="{{ XX_dtmf[0] }}" tone.dtmf.rfc2833Control="{{ XX_dtmf[1] }}"/>
  </tones>
{% if XX_srtp is not none %}
  <srtp sec.srtp.enable="{{ XX_srtp[0] }}" sec.srtp.offer="{{ XX_srtp[1] }}" sec.srtp.require="{{ XX_srtp[2] }}"/>
{% endif %}
  <reg
{% for account in XX_accounts %}
{% set r = "reg.%d" % account.number %}
    {{ r }}.address="{{ account.username }}"
    {{ r }}.auth.userId="{{ account.auth_username }}"
    {{ r }}.auth.password="{{ account.password }}"
    {{ r }}.displayName="{{ account.display_name }}"
    {{ r }}.label="{{ account.label }}"
{% for server in account.servers %}
{% set s = "%s.server.%d" % (r, loop.index) %}
    {{ s }}.address="{{ server.host if server else "" }}"
    {{ s }}.port="{{ server.port or "" if server else "" }}"
    {{ s }}.transport="{{ account.transport if server else "" }}"
    {{ s }}.expires="{{ 3600 if server else "" }}"
    {{ s }}.register="{{ 1 if server else "" }}"
{% if XX_phone.failover %}
    {{ s }}.failOver.failBack.mode="{{ "registration" if account.failover else "" }}"
    {{ s }}.failOver.failRegistrationOn="{{ account.failover }}"
    {{ s }}.failOver.reRegisterOn="{{ account.failover }}"
{% endif %}
{% endfor %}
    {{ r }}.outboundProxy.address="{{ account.outbound.host if account.outbound else "" }}"
    {{ r }}.outboundProxy.port="{{ account.outbound.port or "" if account.outbound else "" }}"
    {{ r }}.outboundProxy.transport="{{ account.transport if account.outbound else "" }}"
{% if XX_phone.srtp == "line" %}
    {{ r }}.srtp.enable="{{ account.srtp[0] }}"
    {{ r }}.srtp.offer="{{ account.srtp[1] }}"
    {{ r }}.srtp.require="{{ account.srtp[2] }}"
{% endif %}
{% endfor %}
{% for number in XX_unused_accounts %}
{% set r = "reg.%d" % number %}
    {{ r }}.address=""
    {{ r }}.auth.userId=""
    {{ r }}.auth.password=""
    {{ r }}.displayName=""
    {{ r }}.label=""
    {{ r }}.server.1.address=""
    {{ r }}.server.2.address=""
    {{ r }}.outboundProxy.address=""
{% endfor %}
  />
  <msg msg.bypassInstantMessage="1">
    <mwi
{% for account in XX_accounts %}
      msg.mwi.{{ account.number }}.callBackMode="{{ "contact" if account.voicemail else "" }}"
      msg.mwi.{{ account.number }}.callBack="{{ account.voicemail }}"
      msg.mwi.{{ account.number }}.subscribe="{{ account.mwi_address }}"
{% endfor %}
{% for number in XX_unused_accounts %}
      msg.mwi.{{ number }}.callBackMode=""
      msg.mwi.{{ number }}.callBack=""
      msg.mwi.{{ number }}.subscribe=""
{% endfor %}
    />
  </msg>
  <userPreferences up.oneTouchVoiceMail="1"/>
