using System.CommandLine;
using RvpServer.Configuration;

namespace RvpServer.Cli;

/// <summary><c>rvpserver config check</c>: validates the configuration and shows the resulting server.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var json = JsonOutput.Option();
        var check = new Command("check", "Validates the configuration and prints the effective virtual servers.") { json };
        check.SetAction(parsed =>
        {
            var arguments = RunArguments.Of(parsed);
            var configuration = arguments.LoadConfiguration();
            using var watched = configuration as IDisposable;
            var found = Effective.Of(RvpSettings.Read(configuration, arguments.BaseFolder), configuration);
            Print(parsed.InvocationConfiguration.Output, found, parsed.GetValue(json));
            return ExitCode.Done;
        });
        return new Command("config", "Looks at the configuration.") { check };
    }

    private static void Print(TextWriter output, Effective found, bool asJson)
    {
        if (asJson)
        {
            output.WriteJson(found);
            return;
        }
        foreach (var server in found.VirtualServers)
        {
            output.WriteLine($"{server.Name}: {server.Role} of {server.Domain}");
            output.WriteLine($"  public URL  {server.PublicUrl}");
            output.WriteLine($"  host names  {string.Join(", ", server.HostNames)}");
        }
        output.WriteLine($"listening at  {string.Join(", ", found.ListeningUrls)}");
        output.WriteLine($"admin URL     {found.AdminUrl ?? "none"}");
        output.WriteLine($"data          {found.DataDirectory}");
        output.WriteLine("The configuration is valid.");
    }

    /// <summary>The listing; its property names are what <c>--json</c> prints.</summary>
    private sealed record Effective(IReadOnlyList<EffectiveServer> VirtualServers, IReadOnlyList<string> ListeningUrls, string? AdminUrl, string DataDirectory)
    {
        public static Effective Of(RvpSettings settings, IConfiguration configuration) => new(
            [.. settings.VirtualServers.Select(EffectiveServer.Of)],
            [.. settings.Urls.Count > 0
                ? settings.Urls.Select(u => u.ToString())
                : configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"] ?? e.Key)],
            settings.Admin.Url?.ToString(),
            settings.DataDirectory);
    }

    private sealed record EffectiveServer(string Name, string Role, string Domain, IReadOnlyList<string> HostNames, string PublicUrl)
    {
        public static EffectiveServer Of(VirtualServer server) => new(server.Name, server.Role.ToString(), server.Domain, server.HostNames, server.PublicUrl);
    }
}
