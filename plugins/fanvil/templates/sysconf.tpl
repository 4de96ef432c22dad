<?xml version="1.0" encoding="UTF-8"?>
<sysConf>
  <Version>{{ XX_version }}</Version>
{% include "sysconf_common.tpl" %}
{% include "sysconf_system.tpl" %}
{% include "sysconf_lines.tpl" %}
{% include "sysconf_keys.tpl" %}
{% block site %}
{% endblock %}
</sysConf>
