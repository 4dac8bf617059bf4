using System.Text.Json;
using Rvp.Testing;

namespace RvpServer.Interop.Ldap;

/// <summary>The user commands of the real program, with a data folder of their own, on a real directory.</summary>
/// <param name="slapd">The directory.</param>
/// <param name="folder">Where the configuration and the data are.</param>
/// <param name="host">The host name of the only home server of the configuration, imhomeserver1.</param>
internal sealed class LdapCommandLine(SlapdServer slapd, TempFolder folder, string host = "im.adatum.com")
{
    /// <summary>Further keys below <c>Rvp:</c>.</summary>
    public Dictionary<string, string?> More { get; } = [];

    /// <summary>Runs a user command as who may write.</summary>
    public Task<Ran> RunAsync(params string[] arguments) => RunAsync(SlapdServer.Admin, "", arguments);

    /// <summary>Runs a user command as one of the two accounts of the directory, with something on standard input.</summary>
    public async Task<Ran> RunAsync(string bindDn, string input, string[] arguments)
    {
        var keys = new Dictionary<string, string?>(slapd.Keys(bindDn)) { ["DataDirectory"] = folder.Path };
        foreach (var (key, value) in More) keys[key] = value;
        var file = folder.Write("rvpserver.json", JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["Rvp"] = new Dictionary<string, object>
            {
                ["VirtualServers"] = new[] { new { Name = "imhomeserver1", Domain = "im.adatum.com", HostNames = new[] { host, "imhomeserver1.adatum.com" } } },
                ["MailDomains"] = new Dictionary<string, string> { ["adatum.com"] = "im.adatum.com" },
            },
        }));
        var environment = keys.ToDictionary(key => "Rvp__" + key.Key.Replace(":", "__", StringComparison.Ordinal), key => key.Value!);
        return await Commands.RunAsync("dotnet", [BuiltPrograms.Server, "user", .. arguments, "--config", file], input, environment);
    }
}
