{% extends "text.tpl" if XX_phone.text else "sysconf.tpl" %}
