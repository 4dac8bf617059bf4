using Microsoft.Extensions.DependencyInjection;
using RvpServer.Administration;

namespace Rvp.Testing;

/// <summary>Makes people administrators, in the ways that there are.</summary>
internal static class Administrators
{
    /// <summary>The roles of a server, for somebody who may do everything.</summary>
    public static IRoles RolesOf(TestServer server) =>
        server.Services.GetRequiredService<AdminServices>().RolesFor(Administrator.OfOperatingSystem("root"));

    /// <summary>Gives somebody a role for the whole installation.</summary>
    public static Task MakeAsync(TestServer server, string address, AdminRole role = AdminRole.FullAdministrator) =>
        RolesOf(server).GrantAsync(new GrantTarget.Person(TestAccount.AddressOf(address)), role, domain: null, CancellationToken.None);

    /// <summary>The path of the link for the first administrator, which a server without one has written to its log.</summary>
    public static string FirstLinkIn(LogCollector log)
    {
        var line = log.Lines.Single(line => line.Contains("makes somebody Full Administrator", StringComparison.Ordinal));
        return new Uri(line.Split(' ').Single(word => word.StartsWith("http", StringComparison.Ordinal))).PathAndQuery;
    }
}
