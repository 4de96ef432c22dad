# Settings of all phones; what follows is in the file named by a phone's address.
{% include "common.tpl" %}
