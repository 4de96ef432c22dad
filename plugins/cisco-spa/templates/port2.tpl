{% from "cucm.tpl" import device with context %}
{{ device(2) }}
