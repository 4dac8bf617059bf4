using RvpServer.Authentication;
using RvpServer.Configuration;

namespace RvpServer.Tests.Authentication;

public class AuthenticationSettingsTests
{
    private static readonly AuthenticationSettings Good = new([Scheme.Digest, Scheme.Ntlm], "ADATUM", false, ["adatum.com"]);

    [Fact]
    public void The_defaults_have_no_mistake() => Assert.Empty(Good.Validate());

    [Fact]
    public void Every_mistake_is_named_with_key_value_and_cure()
    {
        var settings = Good with { Schemes = [Scheme.Negotiate, Scheme.Ntlm, Scheme.Ntlm], NtlmDomain = "adatum.com/im.domain" };

        Assert.Equal(
            [
                "Rvp:Authentication:Schemes holds \"Ntlm\" more than once: list every scheme once",
                "Rvp:Authentication:NtlmDomain is \"adatum.com/im.domain\": write the NetBIOS name of the domain, up to 15 characters, for example ADATUM",
            ], settings.Validate());
    }

    [Fact]
    public void Some_scheme_is_needed() =>
        Assert.Equal(["Rvp:Authentication:Schemes is empty: list Digest, Ntlm, Negotiate or Basic"], (Good with { Schemes = [] }).Validate());
}
