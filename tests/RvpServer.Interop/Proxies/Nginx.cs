using System.Diagnostics;

namespace RvpServer.Interop.Proxies;

/// <summary>nginx with deploy/nginx/rvpserver.conf, in one process. Debian: nginx-light.</summary>
public sealed class Nginx() : FrontProxy("127.0.0.42", "deploy/nginx/rvpserver.conf")
{
    protected override string Adapt(string text, string server)
    {
        text = Replace(text, "server 127.0.0.1:8080;", $"server {server};");
        text = Replace(text, "listen 80;", $"listen {Address}:80;");
        text = Replace(text, "listen 443 ssl;", $"listen {Address}:443 ssl;");
        text = Replace(text, "/etc/ssl/rvpserver/fullchain.pem", Certificate.Path);
        return Replace(text, "/etc/ssl/rvpserver/privkey.pem", Certificate.KeyPath);
    }

    protected override ProcessStartInfo Program(string text)
    {
        Folder.Write("rvpserver.conf", text);
        // What Debian's nginx.conf has around the files of conf.d, as far as it matters.
        Folder.Write("nginx.conf", """
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr warn;
            events { worker_connections 256; }
            http {
                access_log off;
                gzip on;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                include rvpserver.conf;
            }
            """);
        return new ProcessStartInfo("/usr/sbin/nginx", ["-p", Folder.Path, "-c", "nginx.conf", "-e", "stderr"]);
    }
}
