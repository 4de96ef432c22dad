{# Takes their accounts from handsets that the configuration names no more, also those registered by hand. #}
<oper name="DeleteNotProvisionedHS"/>
