using Rvp.Testing;
using RvpServer.Authentication.Negotiate;
using RvpServer.Configuration;

namespace RvpServer.Tests.Authentication.Negotiate;

public class KerberosAcceptorTests
{
    [Fact]
    public void A_key_table_that_is_not_there_stops_the_start_with_one_line()
    {
        var mistake = Assert.Throws<ConfigurationException>(() => KerberosAcceptor.Prepare("/no/such/http.keytab"));

        var line = Assert.Single(mistake.Lines);
        Assert.StartsWith("Rvp:Authentication:KeytabFile is \"/no/such/http.keytab\": ", line, StringComparison.Ordinal);
        Assert.EndsWith("; Negotiate needs the keys of HTTP/host name", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_key_table_is_said_to_be_none()
    {
        using var folder = new TempFolder();
        var file = folder.File("http.keytab");
        File.WriteAllText(file, "no keys");

        var mistake = Assert.Throws<ConfigurationException>(() => KerberosAcceptor.Prepare(file));

        Assert.Equal([$"Rvp:Authentication:KeytabFile is \"{file}\": {file} is no key table; Negotiate needs the keys of HTTP/host name"], mistake.Lines);
    }
}
