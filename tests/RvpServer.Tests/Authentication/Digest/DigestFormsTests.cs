using Rvp.Testing;
using RvpServer.Authentication.Digest;
using RvpServer.Directories;

namespace RvpServer.Tests.Authentication.Digest;

public class DigestFormsTests
{
    private static readonly Account Jo =
        new("im.adatum.com", "JoBrown", "Jo Brown", "JoBrown@adatum.com", ["JoBrown@adatum.com", "Jo.B@adatum.com"], null, true) { SignInName = "jbrown" };

    [Theory]
    [InlineData("JoBrown")]
    [InlineData("jobrown")]
    [InlineData("JOBROWN")]
    [InlineData("/JoBrown")]
    [InlineData(@"ADATUM\JoBrown")]
    [InlineData(@"ADATUM\\JoBrown")]
    [InlineData(@"adatum\jobrown")]
    [InlineData(@"adatum\\JOBROWN")]
    [InlineData("ADATUM/JoBrown")]
    [InlineData("JoBrown@adatum.com")]
    [InlineData("JOBROWN@ADATUM.COM")]
    [InlineData("jobrown@im.adatum.com")]
    [InlineData("JoBrown@mail.adatum.com")]
    [InlineData("Jo.B")]
    [InlineData("jo.b@adatum.com")]
    [InlineData("jbrown")]
    [InlineData(@"ADATUM\jbrown")]
    [InlineData("JBROWN@im.adatum.com")]
    public void What_people_type_is_among_the_forms(string typed)
    {
        var forms = DigestForms.For(Jo, "im.adatum.com", "Pass-Word-1", "ADATUM", ["mail.adatum.com"]);

        Assert.True(forms.TryGetValue(typed, out var ha1));
        Assert.Equal(DigestClient.Md5(typed + ":im.adatum.com:Pass-Word-1"), Convert.ToHexStringLower(ha1));
    }

    [Fact]
    public void Without_a_domain_name_there_are_no_forms_with_one()
    {
        var plain = Jo with { Addresses = ["JoBrown@adatum.com"], SignInName = "" };

        var forms = DigestForms.For(plain, "im.adatum.com", "Pass-Word-1", null, []);

        Assert.Equal(3 + 3 + (3 * 2 * 2), forms.Count);
        Assert.DoesNotContain(forms.Keys, form => form.Contains('\\', StringComparison.Ordinal));
    }
}
