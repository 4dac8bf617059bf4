using Rvp.Testing;
using RvpServer.Configuration;

namespace RvpServer.Tests.Configuration;

public sealed class ConfigurationLoaderTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Later_sources_win()
    {
        folder.Write("appsettings.json", """{ "Rvp": { "Delivery": { "Attempts": 1, "MinCallbackPort": 1 }, "Presence": { "Blocking": "Forbid" }, "DataDirectory": "a" } }""");
        folder.Write("appsettings.Test.json", """{ "Rvp": { "Delivery": { "Attempts": 2, "MinCallbackPort": 2 }, "Presence": { "Blocking": "Polite" } } }""");
        var file = folder.Write("rvp.json", """{ "Rvp": { "Delivery": { "Attempts": 3, "MinCallbackPort": 3 } } }""");

        var configuration = ConfigurationLoader.Load(file, "Test", folder.Path, [new("Rvp:Delivery:Attempts", "4")]);
        using var disposed = configuration as IDisposable;

        Assert.Equal("4", configuration["Rvp:Delivery:Attempts"]);
        Assert.Equal("3", configuration["Rvp:Delivery:MinCallbackPort"]);
        Assert.Equal("Polite", configuration["Rvp:Presence:Blocking"]);
        Assert.Equal("a", configuration["Rvp:DataDirectory"]);
    }

    [Fact]
    public void The_environment_wins_over_files()
    {
        // Keys of this test alone: all tests share the environment.
        Environment.SetEnvironmentVariable("RvpLoaderTest__Plain", "environment");
        Environment.SetEnvironmentVariable("ASPNETCORE_RvpLoaderTest__Prefixed", "environment");
        var file = folder.Write("rvp.json", """{ "RvpLoaderTest": { "Plain": "file", "Prefixed": "file", "Other": "file" } }""");

        var configuration = ConfigurationLoader.Load(file, "Test", folder.Path);
        using var disposed = configuration as IDisposable;

        Assert.Equal(("environment", "environment", "file"),
            (configuration["RvpLoaderTest:Plain"], configuration["RvpLoaderTest:Prefixed"], configuration["RvpLoaderTest:Other"]));
    }

    [Fact]
    public void A_list_replaces_the_list_below_it()
    {
        folder.Write("appsettings.json", """
            { "Rvp": { "MailDomains": { "adatum.test": "im.adatum.test" }, "Proxies": ["10.0.0.1", "10.0.0.2"], "Federation": { "Trusted": ["10.0.0.0/8"] },
              "VirtualServers": [ { "Name": "a", "Domain": "im.adatum.test", "HostNames": ["im.adatum.test", "localhost"], "Port": 8080 }, { "Name": "b" } ] } }
            """);
        var file = folder.Write("rvp.json", """
            { "Rvp": { "VirtualServers": [ { "Name": "c", "Domain": "im.contoso.com", "HostNames": ["im.contoso.com"] } ], "Federation": { "Trusted": [] } } }
            """);

        var configuration = ConfigurationLoader.Load(file, "Test", folder.Path);
        using var disposed = configuration as IDisposable;
        var settings = RvpSettings.Read(configuration, folder.Path);

        var server = Assert.Single(settings.VirtualServers);
        Assert.Equal(["im.contoso.com"], server.HostNames);
        Assert.Equal(("c", 80), (server.Name, server.Port));
        Assert.Empty(settings.MailDomains);
        Assert.Empty(settings.Federation.Trusted);
        Assert.Equal(2, settings.Proxies.Count);
    }

    [Fact]
    public void A_file_that_is_no_json_is_named_with_the_place()
    {
        var file = folder.Write("rvp.json", "{\n  \"Rvp\": {\n    \"DataDirectory\" \"data\"\n  }\n}\n");

        var mistake = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(file, "Test", folder.Path));

        Assert.Equal([$"{file} is no JSON: line 3, byte 21: '\"' is invalid after a property name. Expected a ':'."], mistake.Lines);
    }

    [Fact]
    public void A_file_that_says_a_key_twice_is_named()
    {
        var file = folder.Write("rvp.json", """{ "Urls": "http://*:80", "Urls": "http://*:81" }""");

        var mistake = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(file, "Test", folder.Path));

        Assert.Equal([$"{file} cannot be used: A duplicate key 'Urls' was found."], mistake.Lines);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var file = folder.File("rvp.json");

        var mistake = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(file, "Test", folder.Path));

        Assert.Equal([$"--config \"{file}\": there is no file {file}"], mistake.Lines);
    }

    [Fact]
    public void The_shipped_development_settings_are_one_home_server_that_also_answers_on_localhost()
    {
        var configuration = ConfigurationLoader.Load(null, "Development", folder.Path);
        using var disposed = configuration as IDisposable;
        var settings = RvpSettings.Read(configuration, ConfigurationLoader.BaseFolder(null, folder.Path));

        var server = Assert.Single(settings.VirtualServers);
        Assert.Equal((Role.Home, "im.adatum.test", "http://im.adatum.test:8080"), (server.Role, server.Domain, server.PublicUrl));
        Assert.Equal(["im.adatum.test", "localhost", "127.0.0.1"], server.HostNames);
        Assert.Equal("http://localhost:8080", Assert.Single(settings.Urls).ToString());
        Assert.Equal(new Uri("http://127.0.0.1:8081"), settings.Admin.Url);
        Assert.Equal(folder.File("data"), settings.DataDirectory);
    }

    [Fact]
    public void The_shipped_production_settings_want_to_know_the_virtual_servers_and_nothing_else()
    {
        var configuration = ConfigurationLoader.Load(null, "Production", folder.Path);
        using var disposed = configuration as IDisposable;

        var mistake = Assert.Throws<ConfigurationException>(() => RvpSettings.Read(configuration, folder.Path));

        Assert.Equal(["Rvp:VirtualServers is missing: name at least one, with Name, Domain and HostNames"], mistake.Lines);
    }

    [Fact]
    public void Relative_paths_start_at_the_folder_of_the_configuration_file()
    {
        Assert.Equal(folder.Path, ConfigurationLoader.BaseFolder(folder.File("rvp.json"), Path.GetTempPath()));
        Assert.Equal(folder.Path, ConfigurationLoader.BaseFolder(null, folder.Path));
    }
}
