using System.Text;
using Microsoft.AspNetCore.Http;
using Rvp.Protocol;
using RvpServer.Requests;
using RvpServer.Web;
using RvpServer.Webhooks;

namespace RvpServer.Fuzz.Targets;

/// <summary>Headers of requests, and forms: a value or an <see cref="RvpException"/>.</summary>
internal static class HeaderTargets
{
    private static readonly string[] Tokens =
    [
        RvpHeaders.FromPrincipal, RvpHeaders.SubscriptionId, RvpHeaders.SubscriptionLifetime, RvpHeaders.NotificationType, RvpHeaders.AckType,
        RvpHeaders.HopCount, RvpHeaders.PollCursor, "Prefer", ": ", "\n", "wait=", "pragma/notify", "update/propchange", "DeepOr", "DeepAnd", "SingleHop",
        "2147483648", "99999999999999999999", ",", ";", "http://im.adatum.com/instmsg/aliases/JoBrown",
    ];

    private static readonly string[] FormTokens =
        ["address=", "&password=", "{\"address\":\"", "\",\"password\":\"", @"\\ud800", "%", "+", "\"}", "null", "[]"];

    private static readonly string[] WebhookTokens =
    [
        "{\"text\":\"", "\"attachments\":[{", "\"blocks\":[{", "\"fields\":[{", "\"title\":", "\"value\":", "\"fallback\":", "payload=",
        "<https://", "<!here>", "|", ">",
        "&lt;", @"\\ud800", "}]", "\"}", "%7B",
    ];

    private static readonly Action<IHeaderDictionary>[] Readers =
    [
        headers => RequestHeaders.Principal(headers),
        headers => RequestHeaders.Lifetime(headers),
        headers => RequestHeaders.SubscriptionId(headers),
        headers => RequestHeaders.SubscriptionIds(headers),
        headers => RequestHeaders.PollCursor(headers),
        headers => Assert.InRange(RequestHeaders.Wait(headers), TimeSpan.Zero, RequestHeaders.LongestWait),
        headers => RequestHeaders.NotificationType(headers),
        headers => RequestHeaders.AckType(headers),
        headers => Assert.InRange(RequestHeaders.HopCount(headers), 0, 255),
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
        [new("headers", Headers, Tokens), new("form", Form, FormTokens), new("webhook", Webhook, WebhookTokens)];

    private static void Headers(byte[] bytes)
    {
        // As the web server reads them: UTF-8, or Latin-1 where it is none.
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Latin1 })
        {
            var headers = new HeaderDictionary();
            foreach (var line in encoding.GetString(bytes).Split('\n'))
                if (line.Split(':', 2) is [var name, var value] && name.Trim().Length > 0) headers.Append(name.Trim(), value.Trim());
            foreach (var reader in Readers) Refusing(() => reader(headers));
        }
    }

    private static void Form(byte[] bytes)
    {
        foreach (var type in new[] { "application/json", "application/x-www-form-urlencoded" })
        {
            Refusing(() =>
            {
                var form = SignInForm.Read(type, bytes);
                Assert.NotNull(form.Password);
                Assert.DoesNotContain(form.Address, char.IsControl);
            });
        }
        Refusing(() => SignInForm.Read(Encoding.Latin1.GetString(bytes), "{}"u8));
    }

    private static void Webhook(byte[] bytes)
    {
        foreach (var type in new[] { "application/json", "application/x-www-form-urlencoded", "text/plain" })
        {
            Refusing(() =>
            {
                var request = new DefaultHttpContext().Request;
                request.ContentType = type;
                var text = WebhookMessage.Read(request, bytes).Write("CI");
                Assert.StartsWith("[", text, StringComparison.Ordinal);
                // Links are written out once more, and nothing else grows.
                Assert.InRange(text.Length, 5, 300 + (4 * bytes.Length));
            });
        }
    }

    private static void Refusing(Action read)
    {
        try
        {
            read();
        }
        catch (RvpException refused)
        {
            Assert.InRange(refused.Refusal.Status, 400, 499);
        }
    }
}
