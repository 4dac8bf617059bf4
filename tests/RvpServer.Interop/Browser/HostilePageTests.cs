using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>A page of somebody else's, in the browser of somebody who is signed in.</summary>
[Collection(Chrome.Name)]
public sealed class HostilePageTests(Chrome chrome)
{
    [Fact]
    public async Task Nothing_that_a_hostile_page_makes_the_browser_send_is_done()
    {
        await using var server = await TestServer.StartAsync();
        await using var evil = await HostAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        var page = await jo.Context.NewPageAsync();
        await page.GotoAsync(new UriBuilder(evil.Urls.First()) { Host = "www.evil.example" }.ToString());

        var seen = await page.EvaluateAsync<string[]>(
            """
            async home => {
              const state = "<d:propertyupdate xmlns:d='DAV:'><d:set><d:prop><d:displayname>owned</d:displayname></d:prop></d:set></d:propertyupdate>";
              const asks = [
                ['GET', 'session'], ['GET', 'sessions'], ['DELETE', 'session'], ['DELETE', 'sessions'], ['GET', 'address?of=KariHensien@adatum.com'],
                ['POST', 'session', 'address=KariHensien&password=Pass-Word-1', 'application/x-www-form-urlencoded'],
                ['PROPPATCH', 'instmsg/aliases/JoBrown', state, 'text/plain'], ['ACL', 'instmsg/aliases/JoBrown'],
              ];
              const read = [];
              for (const mode of ['cors', 'no-cors', 'same-origin']) {
                for (const [method, path, body, type] of asks) {
                  const headers = type ? { 'Content-Type': type } : {};
                  try {
                    const answer = await fetch(home + path, { method, body, headers, mode, credentials: 'include' });
                    read.push(await answer.text());
                  } catch {
                    read.push('');
                  }
                }
              }
              const frame = document.createElement('iframe');
              frame.src = home;
              await new Promise(done => { frame.onload = done; document.body.append(frame); });
              try { read.push(frame.contentDocument.body.textContent); } catch { read.push(''); }
              return read;
            }
            """,
            jo.Url);
        // A form, which needs no permission of the other site: it must sign nobody in under another name.
        await page.SetContentAsync($"<form method=post action='{jo.Url}session'>"
            + "<input name=address value=KariHensien><input name=password value=Pass-Word-1><button>x</button></form>");
        var form = await page.RunAndWaitForResponseAsync(() => page.ClickAsync("button"), answer => answer.Request.Method == "POST");

        Assert.All(seen, text => Assert.Equal("", text));
        Assert.Equal(403, form.Status);
        await jo.Page.ReloadAsync();
        await Expect(jo.Page.Locator(".me h2")).ToHaveTextAsync("Jo Brown");
        await jo.IsConnected();
        await Expect((await jo.Settings("Where I am signed in")).GetByRole(AriaRole.Status))
            .ToHaveTextAsync("Only this browser is signed in with your password.");
    }

    [Fact]
    public async Task A_page_that_is_framed_elsewhere_shows_nothing()
    {
        await using var server = await TestServer.StartAsync();
        await using var evil = await HostAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        var page = await jo.Context.NewPageAsync();
        await page.GotoAsync(new UriBuilder(evil.Urls.First()) { Host = "www.evil.example" }.ToString());

        await page.SetContentAsync($"<iframe src='{jo.Url}'></iframe>");

        await Expect(page.FrameLocator("iframe").Locator("#app")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_name_that_was_made_to_lead_here_finds_nobody()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        var page = await jo.Context.NewPageAsync();

        // DNS rebinding: the hostile page's own name leads to this server now, and the page may read whatever it answers.
        var answer = await page.GotoAsync($"http://rebound.evil.example:{server.Port}/session");
        var acl = await page.EvaluateAsync<int>(
            "path => fetch(path, { method: 'ACL', headers: { 'RVP-Client': 'web' } }).then(answer => answer.status)",
            "/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown");

        Assert.NotEqual(200, answer!.Status);
        Assert.NotEqual(200, acl);
    }

    private static async Task<WebApplication> HostAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<!doctype html><title>evil</title><body>evil</body>");
        });
        await app.StartAsync();
        return app;
    }
}
