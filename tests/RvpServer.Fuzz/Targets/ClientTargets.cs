using System.Text;
using Rvp.Client.Callbacks;
using Rvp.Client.Http.Digest;
using Rvp.Client.Http.Ntlm;
using Rvp.Client.Messages;

namespace RvpServer.Fuzz.Targets;

/// <summary>What the client library reads of servers and of other people.</summary>
internal static class ClientTargets
{
    private static readonly string[] HeadTokens = ["NOTIFY / HTTP/1.1\r\n", "Content-Length: ", "\r\n\r\n", "\n\n", "\r\n", ": ", "-1", "2147483647"];

    private static readonly string[] OfferTokens =
        ["Digest ", "NTLM ", "realm=", "nonce=", "qop=", "auth-int", "algorithm=MD5", "stale=true", "\"", @"\\", ",", "TlRMTVNTUAACAAAA"];

    private static readonly string[] MimeTokens =
    [
        "MIME-Version: 1.0\r\n", "Content-Type: text/plain; charset=UTF-8", "Session-Id: ", "TypingUser: ", "\r\n\r\n", "\\xC3\\xA9", "text/x-msmsgscontrol",
    ];

    private static readonly string[] ContactTokens =
        ["<r:contact>", "</r:contact>", "<d:href>", "</d:href>", "<r:email>", "</r:email>", "<r:description>", "JoBrown@adatum.com", "&amp;", "<![CDATA["];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("request-head", Head, HeadTokens),
        new("offer", Offer, OfferTokens),
        new("mime", Mime, MimeTokens),
        new("contacts", Contacts, ContactTokens),
    ];

    private static void Head(byte[] bytes)
    {
        var reader = new RequestHead(new MemoryStream(bytes), 8192);
        try
        {
            while (reader.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult())
            {
                if (reader.ContentLength is not { } length) return;
                Assert.InRange(length, 0, int.MaxValue);
                // As the listener, which refuses more.
                if (length > 512 * 1024) return;
                reader.ReadBodyAsync(length, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            }
        }
        catch (IOException)
        {
            // Ends the connection.
        }
    }

    private static void Offer(byte[] bytes)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split('\n');
        if (DigestOffer.Find(lines) is { } offer) Assert.NotNull(offer.Nonce);
        // A message in bytes, too: few texts are base64.
        new NtlmExchange("ADATUM\\jo", "Pass-Word-1").AnswerTo([.. lines, "NTLM " + Convert.ToBase64String(bytes)]);
    }

    private static void Mime(byte[] bytes)
    {
        var message = MimeMessage.Parse(Encoding.UTF8.GetString(bytes));
        var again = MimeMessage.Parse(message.ToString());
        Assert.Equal((message.ContentType, message.SessionId, message.TypingUser), (again.ContentType, again.SessionId, again.TypingUser));
    }

    private static void Contacts(byte[] bytes)
    {
        var contacts = ContactListXml.Read([Encoding.UTF8.GetString(bytes)]);
        Assert.Equal(contacts, ContactListXml.Read(ContactListXml.Write(contacts)));
    }
}
