using Rvp.Protocol;

namespace Rvp.Tests;

public class ImAddressTests
{
    [Fact]
    public void An_address_that_must_be_one_is_parsed_or_says_what_is_wrong()
    {
        Assert.Equal("JoBrown@adatum.com", ImAddress.Parse(" JoBrown@ADATUM.com ").ToString());
        Assert.Equal("\"Jo\" is no IM address: it looks like JoBrown@adatum.com.", Assert.Throws<FormatException>(() => ImAddress.Parse("Jo")).Message);
    }

    [Fact]
    public void Whatever_parses_values_parses_addresses()
    {
        Assert.True(TryParse<ImAddress>("JoBrown@adatum.com", out var address));
        Assert.Equal("JoBrown", address!.Name);
        Assert.False(TryParse<ImAddress>("JoBrown", out _));

        static bool TryParse<T>(string text, out T? value)
            where T : IParsable<T> => T.TryParse(text, null, out value);
    }
}
