using System.Text.RegularExpressions;
using Rvp.Testing;

namespace RvpServer.Interop.Containers;

/// <summary>The example of a cluster in containers, as docker-compose reads it: against its schema, and with what is written once put in everywhere.</summary>
public sealed class ComposeTests : IDisposable
{
    private static readonly string Example = Repository.PathOf("deploy/examples/cluster/compose.yaml");

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Docker_compose_understands_every_line()
    {
        var ran = await Commands.RunAsync("docker-compose", ["-f", Example, "config", "--quiet"]);

        Assert.Equal(new Ran(0, "", ""), ran);
        Assert.Equal(
            ["balancer", "database", "one", "three", "two"],
            (await Commands.DoAsync("docker-compose", ["-f", Example, "config", "--services"])).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("stop_grace_period:", "stop_grace:", "stop_grace")]
    [InlineData("condition: service_healthy", "condition: service_well", "depends_on")]
    public async Task A_mistake_would_be_found(string right, string wrong, string named)
    {
        var file = folder.Write("compose.yaml", (await File.ReadAllTextAsync(Example)).Replace(right, wrong, StringComparison.Ordinal));

        var ran = await Commands.RunAsync("docker-compose", ["-f", file, "config", "--quiet"]);

        Assert.NotEqual(0, ran.Code);
        Assert.Contains(named, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_process_has_addresses_of_its_own_where_the_balancer_looks_for_it()
    {
        var services = await ServicesAsync();
        var balancer = await File.ReadAllTextAsync(Repository.PathOf("deploy/examples/cluster/haproxy.cfg"));

        foreach (var (name, address) in new[] { ("one", "10.1.0.21"), ("two", "10.1.0.22"), ("three", "10.1.0.23") })
        {
            var process = services[name];
            Assert.Contains($"ipv4_address: {address}\n", process, StringComparison.Ordinal);
            Assert.Contains($"Rvp__Cluster__Listen: {address}:12000\n", process, StringComparison.Ordinal);
            Assert.Contains($"Rvp__Admin__Url: https://{address}:8081\n", process, StringComparison.Ordinal);
            Assert.Contains($"\n    server {name} {address}:80\n", balancer, StringComparison.Ordinal);
        }
        Assert.Contains("default-server check port 8081 ", balancer, StringComparison.Ordinal);
        Assert.Contains("Rvp__Proxies__0: 10.1.0.20\n", services["one"], StringComparison.Ordinal);
        Assert.Contains("ipv4_address: 10.1.0.20\n", services["balancer"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_but_the_balancer_is_published_and_everything_ends_in_peace()
    {
        var services = await ServicesAsync();

        Assert.Equal(["balancer"], services.Keys.Where(name => services[name].Contains("\n    ports:\n", StringComparison.Ordinal)));
        Assert.All(services.Values, service => Assert.Contains("\n    restart: unless-stopped\n", service, StringComparison.Ordinal));
        Assert.All(services.Values, service => Assert.Contains("\n    stop_grace_period: ", service, StringComparison.Ordinal));
        // SIGTERM, and within ten seconds it ends.
        Assert.Contains("\n    stop_grace_period: 15s\n", services["one"], StringComparison.Ordinal);
        Assert.All(new[] { "one", "two", "three", "database" }, name => Assert.Contains("\n    healthcheck:\n", services[name], StringComparison.Ordinal));
    }

    // What docker-compose prints has no anchors any more: two spaces before each service's name, four before what it has.
    private static async Task<Dictionary<string, string>> ServicesAsync()
    {
        var text = await Commands.DoAsync("docker-compose", ["-f", Example, "config"]);
        var services = Regex.Match(text, "^services:\n((?:  .*\n)+)", RegexOptions.Multiline).Groups[1].Value;
        return Regex.Matches(services, "^  (\\w+):\n((?:    .*\n)+)", RegexOptions.Multiline)
            .ToDictionary(match => match.Groups[1].Value, match => "\n" + match.Groups[2].Value);
    }
}
