using System.Diagnostics;

namespace RvpServer.Interop.Proxies;

/// <summary>HAProxy with deploy/haproxy/rvpserver.cfg, in one process.</summary>
public sealed class Haproxy() : FrontProxy("127.0.0.43", "deploy/haproxy/rvpserver.cfg")
{
    protected override string Adapt(string text, string server)
    {
        text = Replace(text, "server rvpserver 127.0.0.1:8080", $"server rvpserver {server}");
        text = Replace(text, "bind *:80", $"bind {Address}:80");
        text = Replace(text, "bind *:443", $"bind {Address}:443");
        return Replace(text, "/etc/haproxy/rvpserver.pem", Folder.File("rvpserver.pem"));
    }

    protected override ProcessStartInfo Program(string text)
    {
        Folder.WriteSecret("rvpserver.pem", File.ReadAllText(Certificate.Path) + "\n" + File.ReadAllText(Certificate.KeyPath));
        return new ProcessStartInfo("/usr/sbin/haproxy", ["-db", "-f", Folder.Write("rvpserver.cfg", text)]);
    }
}
