using Microsoft.Extensions.Configuration;

namespace Rvp.Testing;

/// <summary>The configuration that tests start servers with: one home server of im.adatum.com, quiet, with its data in a folder of the test's.</summary>
internal static class TestConfiguration
{
    /// <summary>Listens on loopback, at ports that the system chooses.</summary>
    public static readonly IReadOnlyDictionary<string, string?> OnLoopback = new Dictionary<string, string?>
    {
        ["Urls"] = "http://127.0.0.1:0",
        ["Rvp:Admin:Url"] = "http://127.0.0.1:0",
    };

    /// <summary>Makes one.</summary>
    /// <param name="folder">Where the server's data is.</param>
    /// <param name="overrides">Keys below <c>Rvp:</c>, for example <c>Presence:Blocking</c>; null removes one.</param>
    public static Dictionary<string, string?> Make(string folder, IEnumerable<KeyValuePair<string, string?>> overrides)
    {
        var configuration = new Dictionary<string, string?>
        {
            ["Rvp:DataDirectory"] = folder,
            ["Rvp:ProtocolLog:Enabled"] = "false",
            // As Exchange did: the white paper's scenarios tell what becomes of a message for nobody.
            ["Rvp:Messages:Offline"] = "false",
            ["Rvp:MailDomains:adatum.com"] = "im.adatum.com",
            ["Rvp:VirtualServers:0:Name"] = "imhomeserver1",
            ["Rvp:VirtualServers:0:Role"] = "Home",
            ["Rvp:VirtualServers:0:Domain"] = "im.adatum.com",
            ["Rvp:VirtualServers:0:HostNames:0"] = "im.adatum.com",
            ["Rvp:VirtualServers:0:HostNames:1"] = "imhomeserver1.adatum.com",
            ["Serilog:MinimumLevel:Default"] = "Fatal",
            ["Serilog:WriteTo:0:Name"] = "Console",
        };
        foreach (var (key, value) in overrides)
        {
            if (value is null) configuration.Remove("Rvp:" + key);
            else configuration["Rvp:" + key] = value;
        }
        return configuration;
    }

    /// <summary>The configuration as the server reads it.</summary>
    public static IConfigurationRoot Root(IEnumerable<KeyValuePair<string, string?>> configuration) =>
        new ConfigurationBuilder().AddInMemoryCollection(configuration).Build();

    /// <summary>Makes one of a server with sockets.</summary>
    public static Dictionary<string, string?> MakeOnLoopback(string folder, IEnumerable<KeyValuePair<string, string?>> overrides)
    {
        var configuration = new Dictionary<string, string?>(OnLoopback);
        foreach (var (key, value) in Make(folder, overrides)) configuration[key] = value;
        return configuration;
    }
}
