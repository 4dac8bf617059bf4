using System.CommandLine;
using System.Text.Json;
using Rvp.Testing;
using RvpServer.Cli;

namespace RvpServer.Tests.Cli;

public sealed class ConfigCommandTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly List<RunArguments> runs = [];
    private readonly int[] ports = [FreePort.Take(), FreePort.Take(), FreePort.Take()];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Check_shows_the_effective_virtual_servers()
    {
        var file = Valid();

        var (code, output, errors) = await Do("config", "check", "--config", file);

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(
            $"""
            imhomeserver1: Home of im.adatum.com
              public URL  http://imhomeserver1.adatum.com:{ports[0]}
              host names  imhomeserver1.adatum.com, im.adatum.com
            listening at  http://127.0.0.1:{ports[0]}, http://127.0.0.1:{ports[1]}
            admin URL     http://127.0.0.1:{ports[2]}/
            data          {folder.File("data")}
            The configuration is valid.

            """,
            output);
    }

    [Fact]
    public async Task Check_prints_one_document_for_programs()
    {
        var (code, output, _) = await Do("--config", Valid(), "config", "check", "--json");

        var document = JsonDocument.Parse(output).RootElement;
        var server = document.GetProperty("virtualServers").EnumerateArray().Single();
        Assert.Equal(0, code);
        Assert.Equal("imhomeserver1", server.GetProperty("name").GetString());
        Assert.Equal("Home", server.GetProperty("role").GetString());
        Assert.Equal("im.adatum.com", server.GetProperty("domain").GetString());
        Assert.Equal($"http://imhomeserver1.adatum.com:{ports[0]}", server.GetProperty("publicUrl").GetString());
        Assert.Equal(2, server.GetProperty("hostNames").GetArrayLength());
        Assert.Equal(2, document.GetProperty("listeningUrls").GetArrayLength());
        Assert.Equal(0, document.GetProperty("warnings").GetArrayLength());
        Assert.Equal($"http://127.0.0.1:{ports[2]}/", document.GetProperty("adminUrl").GetString());
    }

    [Fact]
    public async Task Check_says_what_is_wrong_with_a_certificate()
    {
        using var certificate = new WebCertificate();
        certificate.Renew(TimeSpan.FromDays(3));
        var file = WithCertificate(certificate);

        var (code, output, errors) = await Do("config", "check", "--config", file);

        Assert.Equal((0, ""), (code, errors));
        Assert.Matches($"\ncertificate   {certificate.Path}: CN=im.adatum.com, OU=Certificate 2, good until [0-9-]{{10}}\n"
            + "  attention   it runs out in 3 days: is it renewed\\?\n  attention   it does not name imhomeserver1.adatum.com\n", output);
        var document = JsonDocument.Parse((await Do("config", "check", "--json", "--config", file)).Out).RootElement;
        Assert.Equal(2, document.GetProperty("certificates")[0].GetProperty("remarks").GetArrayLength());
    }

    [Fact]
    public async Task Check_fails_for_a_certificate_that_cannot_be_used()
    {
        using var certificate = new WebCertificate();
        var key = await File.ReadAllTextAsync(certificate.KeyPath);
        certificate.Renew();
        await File.WriteAllTextAsync(certificate.KeyPath, key);

        var (code, output, errors) = await Do("config", "check", "--config", WithCertificate(certificate));

        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith($"The certificate {certificate.Path} cannot be used: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_are_one_line_each_and_fail()
    {
        var file = folder.Write("bad.json", """{ "Rvp": { "VirtualServers": [], "Presence": { "StateLease": "20" } } }""");

        var (code, output, errors) = await Do("config", "check", "--config", file);

        Assert.Equal((1, ""), (code, output));
        Assert.Equal(
            """
            Rvp:Presence:StateLease is "20": write a duration as hh:mm:ss, for example 00:20:00
            Rvp:VirtualServers is missing: name at least one, with Name, Domain and HostNames

            """,
            errors);
    }

    [Theory]
    [InlineData("rvpserver: \"confg\" is no command or argument: did you mean config?", "confg", "check")]
    [InlineData("rvpserver: \"start\" is no command or argument: the commands here are config, run", "start")]
    [InlineData("rvpserver config: \"chek\" is no command or argument: did you mean check?", "config", "chek")]
    [InlineData("rvpserver config check: \"--jsn\" is no option: did you mean --json?", "config", "check", "--jsn")]
    [InlineData("rvpserver run: \"fast\" is no command or argument: see rvpserver run --help", "run", "fast")]
    [InlineData("rvpserver config: Required command was not provided.", "config")]
    [InlineData("rvpserver: Required argument missing for option: '--config'.", "--config")]
    public async Task Wrong_usage_is_explained_and_has_its_own_code(string line, params string[] arguments)
    {
        var (code, output, errors) = await Do(arguments);

        Assert.Equal((2, ""), (code, output));
        Assert.Equal(line, errors.Split(Environment.NewLine)[0]);
    }

    [Fact]
    public async Task Without_a_command_the_server_runs()
    {
        Assert.Equal(0, (await Do("--config", "a.json")).Code);
        Assert.Equal(0, (await Do("run", "--config", "b.json")).Code);

        Assert.Equal(["a.json", "b.json"], runs.Select(r => r.ConfigFile));
    }

    [Fact]
    public async Task Help_is_no_wrong_usage()
    {
        var (code, output, errors) = await Do("config", "--help");

        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("check", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_is_one_line()
    {
        var family = new Command("fail");
        family.SetAction((_, _) => Task.FromException<int>(new InvalidOperationException("two\nlines")));

        var (code, _, errors) = await Do([family], "fail");

        Assert.Equal((1, "rvpserver: two lines\n"), (code, errors));
    }

    private string Valid() => folder.Write("rvp.json", $$"""
        { "Urls": "http://127.0.0.1:{{ports[0]}};http://127.0.0.1:{{ports[1]}}", "Rvp": { "Admin": { "Url": "http://127.0.0.1:{{ports[2]}}" }, "VirtualServers": [
          { "Name": "imhomeserver1", "Domain": "im.adatum.com", "HostNames": ["imhomeserver1.adatum.com", "im.adatum.com"], "Port": {{ports[0]}} } ] } }
        """);

    private string WithCertificate(WebCertificate certificate) => folder.Write("https.json", $$"""
        { "Urls": "http://127.0.0.1:{{ports[0]}};https://127.0.0.1:{{ports[1]}}",
          "Kestrel": { "Certificates": { "Default": { "Path": "{{certificate.Path}}", "KeyPath": "{{certificate.KeyPath}}" } } },
          "Rvp": { "Admin": { "Url": "http://127.0.0.1:{{ports[2]}}" }, "VirtualServers": [
            { "Name": "imhomeserver1", "Domain": "im.adatum.com", "HostNames": ["imhomeserver1.adatum.com", "im.adatum.com"] } ] } }
        """);

    private Task<Ran> Do(params string[] arguments) => Do([], arguments);

    private Task<Ran> Do(Command[] families, params string[] arguments)
    {
        var root = ServerCommandLine.Create(families, (run, _) =>
        {
            runs.Add(run);
            return Task.FromResult(ExitCode.Done);
        });
        return Ran.InProcessAsync((output, errors) => ServerCommandLine.InvokeAsync(root, arguments, output, errors));
    }
}
