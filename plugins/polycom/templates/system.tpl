  <TCP_IP>
    <SNTP
      tcpIpApp.sntp.address="{{ XX_ntp or "" }}"
      tcpIpApp.sntp.address.overrideDHCP="{{ 1 if XX_ntp else 0 }}"
{% if XX_clock %}
      tcpIpApp.sntp.gmtOffset="{{ XX_clock.offset }}"
      tcpIpApp.sntp.gmtOffset.overrideDHCP="1"
      tcpIpApp.sntp.daylightSavings.enable="{{ 1 if XX_clock.summer else 0 }}"
{% if XX_clock.summer %}
      tcpIpApp.sntp.daylightSavings.fixedDayEnable="{{ XX_clock.summer.by_date }}"
{% for name, change in XX_clock.summer.changes.items() %}
{% set c = "tcpIpApp.sntp.daylightSavings." ~ name %}
      {{ c }}.month="{{ change.month }}"
      {{ c }}.date="{{ change.date }}"
      {{ c }}.time="{{ change.hour }}"
      {{ c }}.dayOfWeek="{{ change.weekday }}"
      {{ c }}.dayOfWeek.lastInMonth="{{ change.last }}"
{% endfor %}
{% endif %}
{% endif %}
    />
    <QOS>
{% for kind in ("callControl", "rtp", "other") %}
      <{{ kind }} qos.ethernet.{{ kind }}.user_priority="{{ XX_vlan.priority if XX_vlan else "" }}"/>
{% endfor %}
    </QOS>
  </TCP_IP>
  <localization>
{% if XX_language %}
    <multilingual lcl.ml.lang="{{ XX_language }}"/>
{% endif %}
    <datetime
      lcl.datetime.time.24HourClock="{{ XX_24_hours }}"
      lcl.datetime.date.format="{{ XX_date_format }}"
    />
  </localization>
{% if XX_phone.certificates %}
{# A certificate on lines of its own, as in the vendor's examples, though XML reads blanks for line ends. #}
  <TLS
{% for n in range(XX_phone.certificates) %}
    sec.TLS.customCaCert.{{ n + 1 }}="{{ XX_certificates[n] if n < XX_certificates|length else "" }}"
    sec.TLS.profile.1.caCert.application{{ n + 1 }}="{{ 1 if n < XX_certificates|length else "" }}"
{% endfor %}
    sec.TLS.profileSelection.SIP="{{ "ApplicationProfile1" if XX_certificates else "" }}"
  />
{% endif %}
  <microbrowser><main mb.main.home="{{ XX_phonebook_url }}"/></microbrowser>
