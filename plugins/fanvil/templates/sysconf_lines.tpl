  <sip>
{% for account in XX_accounts %}
    <line index="{{ account.number }}">
      <PhoneNumber>{{ account.username }}</PhoneNumber>
      <DisplayName>{{ account.display_name }}</DisplayName>
      <SipName>{{ account.name }}</SipName>
      <RegisterAddr>{{ account.registrar[0] }}</RegisterAddr>
      <RegisterPort>{{ account.registrar[1] }}</RegisterPort>
      <RegisterUser>{{ account.auth_username }}</RegisterUser>
      <RegisterPswd>{{ account.password }}</RegisterPswd>
      <RegisterTTL>3600</RegisterTTL>
      <EnableReg>{{ account.enabled }}</EnableReg>
      <ProxyAddr>{{ account.outbound[0] }}</ProxyAddr>
      <ProxyPort>{{ account.outbound[1] }}</ProxyPort>
      <ProxyUser></ProxyUser>
      <ProxyPswd></ProxyPswd>
      <BakProxyAddr>{{ account.backup_outbound[0] }}</BakProxyAddr>
      <BakProxyPort>{{ account.backup_outbound[1] }}</BakProxyPort>
      <BackupAddr>{{ account.backup[0] }}</BackupAddr>
      <BackupPort>{{ account.backup[1] }}</BackupPort>
      <BackupTransport>{{ account.transport }}</BackupTransport>
      <BackupTTL>3600</BackupTTL>
      <EnableFailback>{{ account.failback }}</EnableFailback>
      <Transport>{{ account.transport }}</Transport>
      <MediaCrypto>{{ account.crypto }}</MediaCrypto>
      <DTMFMode>{{ account.dtmf }}</DTMFMode>
      <MWINum>{{ account.voicemail }}</MWINum>
      <Subscribe>{{ account.subscribe }}</Subscribe>
      <SubExpire>3600</SubExpire>
      <SvcCodeMode>{{ XX_codes.mode }}</SvcCodeMode>
      <DNDOnSvcCode>{{ XX_codes.dnd_on }}</DNDOnSvcCode>
      <DNDOffSvcCode>{{ XX_codes.dnd_off }}</DNDOffSvcCode>
      <CFUOnSvcCode>{{ XX_codes.always_on }}</CFUOnSvcCode>
      <CFUOffSvcCode>{{ XX_codes.always_off }}</CFUOffSvcCode>
      <CFBOnSvcCode>{{ XX_codes.busy_on }}</CFBOnSvcCode>
      <CFBOffSvcCode>{{ XX_codes.busy_off }}</CFBOffSvcCode>
      <CFNOnSvcCode>{{ XX_codes.no_answer_on }}</CFNOnSvcCode>
      <CFNOffSvcCode>{{ XX_codes.no_answer_off }}</CFNOffSvcCode>
      <CallParkNum>{{ XX_codes.park }}</CallParkNum>
      <PickupNum>{{ XX_codes.pickup }}</PickupNum>
{% if XX_phone.auto_answer %}
      <AutoAnswer>{{ account.auto_answer }}</AutoAnswer>
      <NoAnswerTime>0</NoAnswerTime>
{% endif %}
    </line>
{% endfor %}
  </sip>
