using Rvp.Testing;

namespace RvpServer.Interop.Packages;

/// <summary>The Debian package on a real Debian: judged by lintian, and its life from installation to purge. As root.</summary>
public sealed class DebianPackageTests(BuiltPackage package) : IClassFixture<BuiltPackage>
{
    [Fact]
    public async Task Lintian_finds_nothing()
    {
        var ran = await Commands.RunAsync("lintian", ["--allow-root", "--fail-on", "error,warning", package.Path]);

        Assert.Equal(new Ran(0, "", ""), ran);
    }

    [Fact]
    public async Task It_is_installed_serves_is_upgraded_and_leaves_nothing_behind()
    {
        var script = Repository.PathOf("tests/RvpServer.Interop/Packages/life.sh");
        var output = await Commands.DoAsync("unshare", ["--mount", "--net", "--uts", script, package.Path, package.Newer, package.Layers]);

        Assert.Equal(
            """
            rvpserver serves the IM domain imhomeserver1.adatum.com.
            user: rvpserver, shell /usr/sbin/nologin
            /etc/rvpserver: root:rvpserver 750
            /etc/rvpserver/appsettings.json: root:rvpserver 640
            /var/lib/rvpserver: rvpserver:rvpserver 700
            /var/log/rvpserver: rvpserver:rvpserver 750
            version: 0.1.0
            client: 0.1.0
            manual: reads
            configuration: valid
            account: IM address:    JoBrown@imhomeserver1.adatum.com
            store: rvpserver:rvpserver 600
            port 80: 200
            suggests: 1
            completes: user
            several: possible, none started
            upgraded: 99.0
            configuration: kept
            account after it: 200
            removed: program gone, configuration and data there
            purged: all gone

            """,
            output);
    }
}
