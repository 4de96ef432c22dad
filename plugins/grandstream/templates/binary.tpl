{% set XX_form = "binary" %}
{% include "base.tpl" %}
