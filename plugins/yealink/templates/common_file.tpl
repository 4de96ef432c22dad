#!version:1.0.0.1
# Settings of every phone of this model.
{% include "common.tpl" %}
