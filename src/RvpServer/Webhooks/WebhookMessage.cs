using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Rvp.Protocol;

namespace RvpServer.Webhooks;

/// <summary>What a program has sent to a hook.</summary>
/// <param name="Text">The text; may be empty where there is a title.</param>
internal sealed record WebhookMessage(string Text)
{
    private const string FormType = "application/x-www-form-urlencoded";
    private const string JsonInForm = "payload=";
    private const int MaxLine = 200;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    // As ntfy has them, so that scripts need another URL and nothing else.
    private static readonly string[] TitleNames = ["X-Title", "Title", "ti", "t"];
    private static readonly string[] PriorityNames = ["X-Priority", "Priority", "prio", "p"];

    /// <summary>A line above the text; null: none.</summary>
    public string? Title { get; init; }

    /// <summary>Who says it, where the program says so; null: the hook.</summary>
    public string? From { get; init; }

    /// <summary>True if it should stand out.</summary>
    public bool IsUrgent { get; init; }

    /// <summary>
    /// Reads a request: JSON, a form whose <c>payload</c> is JSON, or else plain text, whatever its type says, since curl calls all that it sends a form.
    /// Throws <see cref="RvpException"/>.
    /// </summary>
    public static WebhookMessage Read(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        var message = ReadBody(request, body);
        message = message with
        {
            Title = OneLine(Given(request, TitleNames) ?? message.Title),
            From = OneLine(message.From),
            IsUrgent = message.IsUrgent || (Given(request, PriorityNames) is { } priority && IsUrgentPriority(priority)),
        };
        return message.Text.Length > 0 || message.Title is not null ? message : throw new RvpException("There is nothing to send: the body has no text.");
    }

    /// <summary>True for the upper two of ntfy's five; what is none of them counts as none, since browsers and proxies have a Priority of their own.</summary>
    public static bool IsUrgentPriority(string priority) => priority.Trim().ToLowerInvariant() is "4" or "5" or "high" or "max" or "urgent";

    /// <summary>The text as people get it.</summary>
    /// <param name="label">What the hook is called.</param>
    public string Write(string label)
    {
        var head = new StringBuilder("[").Append(From ?? label).Append(']');
        if (IsUrgent) head.Append(" \u2757");
        if (Title is not null) head.Append(' ').Append(Title).Append(Text.Length > 0 ? "\n" : "");
        else head.Append(Text.Contains('\n', StringComparison.Ordinal) ? '\n' : ' ');
        return head.Append(Text).ToString();
    }

    private static WebhookMessage ReadBody(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        if (request.HasJsonContentType()) return WebhookJson.Read(body);
        string text;
        try
        {
            text = Strict.GetString(body.Span).TrimStart('\ufeff');
        }
        catch (DecoderFallbackException)
        {
            throw new RvpException("The body must be text in UTF-8.");
        }
        var isForm = request.ContentType?.StartsWith(FormType, StringComparison.OrdinalIgnoreCase) == true;
        return isForm && text.StartsWith(JsonInForm, StringComparison.Ordinal)
            ? WebhookJson.Read(Encoding.UTF8.GetBytes(QueryHelpers.ParseQuery(text)["payload"].ToString()))
            : new WebhookMessage(text.ReplaceLineEndings("\n").Trim('\n'));
    }

    private static string? Given(HttpRequest request, string[] names)
    {
        foreach (var name in names)
        {
            if (request.Headers.TryGetValue(name, out var header)) return header.ToString();
            if (request.Query.TryGetValue(name, out var parameter)) return parameter.ToString();
        }
        return null;
    }

    private static string? OneLine(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var line = string.Concat(text.Trim().Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length > MaxLine ? line[..MaxLine] + "…" : line;
    }
}
