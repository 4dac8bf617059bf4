using Rvp.Testing;
using RvpServer.Configuration;

namespace RvpServer.Tests.Deploy;

public class ExamplesTests
{
    [Theory]
    [InlineData("single-box.json", "Home im.adatum.com http://im.adatum.com")]
    [InlineData("router-and-two-home-servers.json", "Router im.adatum.com http://im.adatum.com", "Home im.adatum.com http://imhomeserver1.adatum.com",
        "Home im.adatum.com http://imhomeserver2.adatum.com")]
    [InlineData("two-organisations-adatum.json", "Home im.adatum.com http://im.adatum.com")]
    [InlineData("two-organisations-contoso.json", "Home im.contoso.com http://im.contoso.com")]
    [InlineData("hosting-provider.json", "Router im.adatum.com http://im.adatum.com", "Home im.adatum.com http://imhomeserver1.adatum.com",
        "Home im.contoso.com http://im.contoso.com")]
    public void An_example_configures_these_servers(string name, params string[] servers)
    {
        var file = Path.Combine(Examples, name);
        var configuration = ConfigurationLoader.Load(file, "Production", Examples);
        using var watched = configuration as IDisposable;

        var settings = RvpSettings.Read(configuration, ConfigurationLoader.BaseFolder(file, Examples));

        Assert.Equal(servers, settings.VirtualServers.Select(server => $"{server.Role} {server.Domain} {server.PublicUrl}"));
    }

    [Theory]
    [InlineData("single-box.json")]
    [InlineData("router-and-two-home-servers.json")]
    [InlineData("two-organisations-adatum.json")]
    [InlineData("two-organisations-contoso.json")]
    [InlineData("hosting-provider.json")]
    public void An_example_starts_as_a_service_unedited(string name)
    {
        var configuration = ConfigurationLoader.Load(Path.Combine(Examples, name), "Production", Examples);
        using var watched = configuration as IDisposable;

        // What the unit lets the service write.
        Assert.StartsWith("/var/lib/rvpserver", configuration["Rvp:DataDirectory"], StringComparison.Ordinal);
        Assert.StartsWith("/var/log/rvpserver", configuration["Rvp:ProtocolLog:Directory"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres", false)]
    [InlineData("cluster", true)]
    public void The_example_of_a_database_names_the_secret_beside_it(string example, bool isCluster)
    {
        using var folder = new TempFolder();
        foreach (var name in new[] { "appsettings.json", "postgres.secret" })
        {
            File.Copy(Path.Combine(Examples, example, name), folder.File(name));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.File(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        var configuration = ConfigurationLoader.Load(folder.File("appsettings.json"), "Production", folder.Path);
        using var watched = configuration as IDisposable;

        var settings = RvpSettings.Read(configuration, folder.Path);

        Assert.Equal((StorageProvider.Postgres, folder.File("postgres.secret")), (settings.Storage.Provider, settings.Storage.ConnectionStringFile));
        Assert.Equal(isCluster, settings.Cluster.Enabled);
        Assert.Equal("rvp", new Npgsql.NpgsqlConnectionStringBuilder(File.ReadAllText(folder.File("postgres.secret"))).Database);
    }

    [Fact]
    public void There_is_no_example_that_nobody_looks_at() =>
        Assert.Equal(
            ["hosting-provider.json", "router-and-two-home-servers.json", "single-box.json", "two-organisations-adatum.json", "two-organisations-contoso.json"],
            Directory.GetFiles(Examples).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    private static string Examples => Repository.PathOf("deploy/examples");
}
