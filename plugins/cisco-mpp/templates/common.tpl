<Provision_Enable>Yes</Provision_Enable>
<Profile_Rule>{{ XX_profile_rule }}</Profile_Rule>
<Profile_Rule_B></Profile_Rule_B>
<Profile_Rule_C></Profile_Rule_C>
<Profile_Rule_D></Profile_Rule_D>
<Resync_On_Reset>Yes</Resync_On_Reset>
<Resync_Periodic>3600</Resync_Periodic>
<Resync_From_SIP>Yes</Resync_From_SIP>
<HTTP_User_Agent_Name>$VERSION ($MA)</HTTP_User_Agent_Name>
