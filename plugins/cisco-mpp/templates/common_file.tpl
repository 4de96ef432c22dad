<?xml version="1.0" encoding="UTF-8"?>
<flat-profile>
<!-- Settings of every phone, which then fetches a file of its own. -->
{% include "common.tpl" %}
</flat-profile>
