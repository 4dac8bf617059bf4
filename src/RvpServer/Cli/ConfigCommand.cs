using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using RvpServer.Configuration;
using RvpServer.Runtime;

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
        foreach (var certificate in found.Certificates)
        {
            output.WriteLine($"certificate   {certificate.File}: {certificate.Subject}, good until {certificate.ValidUntil:yyyy-MM-dd}");
            foreach (var remark in certificate.Remarks) output.WriteLine($"  attention   {remark}");
        }
        output.WriteLine($"admin URL     {found.AdminUrl ?? "none"}");
        output.WriteLine($"data          {found.DataDirectory}");
        output.WriteLine("The configuration is valid.");
    }

    /// <summary>The listing; its property names are what <c>--json</c> prints.</summary>
    private sealed record Effective(
        IReadOnlyList<EffectiveServer> VirtualServers, IReadOnlyList<string> ListeningUrls, IReadOnlyList<EffectiveCertificate> Certificates, string? AdminUrl,
        string DataDirectory)
    {
        public static Effective Of(RvpSettings settings, IConfiguration configuration) => new(
            [.. settings.VirtualServers.Select(EffectiveServer.Of)],
            [.. settings.Urls.Count > 0
                ? settings.Urls.Select(u => u.ToString())
                : configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"] ?? e.Key)],
            [.. settings.HttpsEndpoints.Select(endpoint => endpoint.Certificate).OfType<CertificateFile>().Distinct()
                .Select(file => EffectiveCertificate.Of(file, settings.VirtualServers, WallClock.OfMachine.GetUtcNow().UtcDateTime))],
            settings.Admin.Url?.ToString(),
            settings.DataDirectory);
    }

    private sealed record EffectiveServer(string Name, string Role, string Domain, IReadOnlyList<string> HostNames, string PublicUrl)
    {
        public static EffectiveServer Of(VirtualServer server) => new(server.Name, server.Role.ToString(), server.Domain, server.HostNames, server.PublicUrl);
    }

    /// <summary>A certificate, and what an administrator should know about it.</summary>
    private sealed record EffectiveCertificate(string File, string Subject, DateTime ValidUntil, IReadOnlyList<string> Remarks)
    {
        // Renewed a month before, as certificates from ACME are, it is never as near as this.
        private const int DaysBefore = 14;

        /// <summary>Throws <see cref="ConfigurationException"/> for a file that cannot be used.</summary>
        public static EffectiveCertificate Of(CertificateFile file, IEnumerable<VirtualServer> servers, DateTime now)
        {
            try
            {
                var certificate = file.Load().TargetCertificate;
                return new EffectiveCertificate(
                    file.Path, certificate.Subject, certificate.NotAfter.ToUniversalTime(), [.. RemarksOn(file, certificate, servers, now)]);
            }
            catch (Exception failure) when (CertificateFile.IsFailure(failure))
            {
                throw new ConfigurationException([$"The certificate {file.Path} cannot be used: {failure.Message}"]);
            }
        }

        private static IEnumerable<string> RemarksOn(CertificateFile file, X509Certificate2 certificate, IEnumerable<VirtualServer> servers, DateTime now)
        {
            var left = (certificate.NotAfter.ToUniversalTime() - now).TotalDays;
            if (certificate.NotBefore.ToUniversalTime() > now) yield return "it is not good yet";
            if (left < 0) yield return "it has run out: browsers refuse it";
            else if (left < DaysBefore) yield return string.Create(CultureInfo.InvariantCulture, $"it runs out in {left:0} days: is it renewed?");
            var keyFile = file.KeyPath ?? file.Path;
            if (FileModes.IsOpenToOthers(keyFile)) yield return $"everybody on this machine can read its key: chmod o-rwx {keyFile}";
            if (certificate.Subject == certificate.Issuer) yield return "it is signed by itself: browsers warn of it";
            // The web client is at the home servers.
            var missing = servers.Where(server => server.Role == Role.Home).SelectMany(server => server.HostNames).Distinct()
                .Where(host => !certificate.MatchesHostname(host.Trim('[', ']'))).ToList();
            if (missing.Count > 0) yield return $"it does not name {string.Join(", ", missing)}";
        }
    }
}
