using FsCheck.Xunit;
using Microsoft.Extensions.Configuration;
using Rvp.Protocol;
using RvpServer.Configuration;

namespace RvpServer.Tests.Configuration;

public class AnyConfigurationTests
{
    private static readonly string[] Keys = [.. KeysOf("Rvp", typeof(RvpOptions)), "Urls"];

    private static readonly string[] Odd =
        ["", " ", "\0", "http://", "http://unix:", "http://[::1]:99999", "-1", "99999999999", "::", "1.2.3", "ldap:", "..", "/", "[::1]", "."];

    [Property(MaxTest = 1000)]
    public void Any_text_in_any_key_is_read_or_is_a_mistake(uint which, uint odd, string? text)
    {
        var key = Keys[which % Keys.Length];
        var value = odd % 2 == 0 ? text : Odd[odd % Odd.Length];
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Rvp:VirtualServers:0:Name"] = "imhomeserver1",
            ["Rvp:VirtualServers:0:Domain"] = "im.adatum.com",
            ["Rvp:VirtualServers:0:HostNames:0"] = "im.adatum.com",
            [key] = value,
        }).Build();

        try
        {
            Assert.NotEmpty(RvpSettings.Read(configuration, Path.GetTempPath()).VirtualServers);
        }
        catch (ConfigurationException e)
        {
            Assert.Contains(e.Lines, line => line.StartsWith(key, StringComparison.Ordinal));
        }
    }

    private static IEnumerable<string> KeysOf(string path, Type options) => options.GetProperties().SelectMany(p =>
        p.PropertyType == typeof(IReadOnlyList<VirtualServerOptions>) ? KeysOf($"{path}:{p.Name}:0", typeof(VirtualServerOptions))
        : p.PropertyType == typeof(IReadOnlyDictionary<string, DomainOptions>)
            ? [$"{path}:{p.Name}", $"{path}:{p.Name}:im.adatum.com", .. KeysOf($"{path}:{p.Name}:im.adatum.com", typeof(DomainOptions))]
        : p.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal) ? KeysOf($"{path}:{p.Name}", p.PropertyType)
        : p.PropertyType.IsGenericType && p.PropertyType.GenericTypeArguments.Length == 1 && Nullable.GetUnderlyingType(p.PropertyType) is null
            ? [$"{path}:{p.Name}", $"{path}:{p.Name}:0"]
        : [$"{path}:{p.Name}"]);
}
