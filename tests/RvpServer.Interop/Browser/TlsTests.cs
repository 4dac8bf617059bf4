using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

[Collection(Chrome.Name)]
public sealed class TlsTests(Chrome chrome)
{
    [Fact]
    public async Task Http_leads_to_https_and_the_cookie_stays_there()
    {
        using var certificate = new WebCertificate();
        await using var server = await TestServer.StartAsync(certificate: certificate);
        await using var jo = await WebUser.OpensAsync(chrome, server, "JoBrown");

        Assert.Equal($"https://im.adatum.com:{server.HttpsPort}/", jo.Page.Url);
        await Expect(jo.Page.GetByText("This connection is not encrypted")).ToHaveCountAsync(0);
        await jo.TypesCredentials();
        await jo.IsConnected();

        var cookie = Assert.Single(await jo.Context.CookiesAsync());
        Assert.Equal(("__Host-rvp-session", true, true, SameSiteAttribute.Strict, "im.adatum.com", "/"),
            (cookie.Name, cookie.Secure, cookie.HttpOnly, cookie.SameSite, cookie.Domain, cookie.Path));
        await jo.Page.ReloadAsync();
        await jo.IsConnected();
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task A_renewed_certificate_is_seen_by_whoever_comes_next_and_nobody_is_cut_off()
    {
        using var certificate = new WebCertificate();
        await using var server = await TestServer.StartAsync(certificate: certificate);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        Assert.Equal("im.adatum.com", await SubjectAsync());

        certificate.Renew(name: "renewed.adatum.com");
        await Deadline.Until(async () => await SubjectAsync() == "renewed.adatum.com", "the new certificate", () => "the old one");

        await jo.Says("Still here");
        await kari.Opens("Jo Brown");
        await kari.Hears("Still here");
        Assert.Empty(jo.Mistakes);

        async Task<string?> SubjectAsync()
        {
            await using var context = await chrome.NewContextAsync();
            var answer = await (await context.NewPageAsync()).GotoAsync($"https://im.adatum.com:{server.HttpsPort}/clients");
            return (await answer!.SecurityDetailsAsync())!.SubjectName;
        }
    }
}
