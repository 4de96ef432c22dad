{% if XX_phone.text %}
{% include "text_common.tpl" %}
<<END OF FILE>>
{% else %}
<?xml version="1.0" encoding="UTF-8"?>
<sysConf>
  <Version>{{ XX_version }}</Version>
{% include "sysconf_common.tpl" %}
</sysConf>
{% endif %}
