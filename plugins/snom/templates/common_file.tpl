<?xml version="1.0" encoding="utf-8"?>
<!-- Settings of every phone of this model. -->
<settings>
<phone-settings>
{% include "common.tpl" %}
</phone-settings>
</settings>
