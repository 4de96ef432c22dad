<?xml version="1.0" encoding="{{ XX_encoding|upper }}"?>
<!-- For every device of this model: where its own file is. -->
<flat-profile>
{% include "provisioning.tpl" %}
</flat-profile>
