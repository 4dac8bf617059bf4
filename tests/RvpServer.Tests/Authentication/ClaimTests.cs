using System.Net;
using RvpServer.Authentication;

namespace RvpServer.Tests.Authentication;

public class ClaimTests
{
    [Theory]
    [InlineData("JoBrown", "JoBrown")]
    [InlineData(@"ADATUM\JoBrown", "JoBrown")]
    [InlineData(@"ADATUM\\JoBrown", "JoBrown")]
    [InlineData("ADATUM/JoBrown", "JoBrown")]
    [InlineData("/JoBrown", "JoBrown")]
    [InlineData("JoBrown@adatum.com", "JoBrown")]
    [InlineData(@"ADATUM\JoBrown@im.adatum.com", "JoBrown")]
    [InlineData("", "")]
    [InlineData("@adatum.com", "")]
    [InlineData(@"ADATUM\", "")]
    [InlineData("Jo Brown", "")]
    [InlineData("Jo\r\nBrown", "")]
    [InlineData("Jo\"Brown", "")]
    public void The_account_part_of_what_people_type(string typed, string name) => Assert.Equal(name, Claim.AccountPart(typed));

    [Fact]
    public void A_name_of_more_than_64_characters_is_nobodys() => Assert.Equal("", Claim.AccountPart(new string('j', 65)));

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    public void An_IPv6_household_counts_as_one_address(string address, string counted)
    {
        var claim = Claim.Of("im.adatum.com", "JoBrown", IPAddress.Parse(address));

        Assert.Equal(("im.adatum.com", "jobrown", IPAddress.Parse(counted)), (claim.Domain, claim.Name, claim.Sender));
    }
}
