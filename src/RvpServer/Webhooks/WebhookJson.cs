using System.Text.Json;
using Rvp.Protocol;

namespace RvpServer.Webhooks;

/// <summary>
/// Messages as programs write them for Slack and Mattermost: <c>text</c>, <c>attachments</c> and <c>blocks</c>, of which only what is text is taken; and
/// <c>message</c>, <c>title</c> and <c>priority</c> as for ntfy. What else is there is passed over: it is about looks.
/// </summary>
internal static class WebhookJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <summary>Reads an object; throws <see cref="RvpException"/> for anything else.</summary>
    public static WebhookMessage Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw new RvpException("The body must be a JSON object, for example {\"text\": \"Hello\"}.");
            var blocks = Lines(Each(root, "blocks").SelectMany(BlockLines));
            // Where there are blocks, Slack shows the text only where they cannot be shown.
            var text = blocks.Length > 0 ? blocks : Text(root, "text") ?? Text(root, "message") ?? "";
            var attached = Each(root, "attachments").Select(attachment => Lines(AttachmentLines(attachment)));
            return new WebhookMessage(Lines([text, .. attached]))
            {
                Title = Text(root, "title"),
                From = Text(root, "username"),
                IsUrgent = root.TryGetProperty("priority", out var priority) && WebhookMessage.IsUrgentPriority(priority.ToString()),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second: half of a surrogate pair.
            throw new RvpException("The body is no JSON, though its Content-Type says so.");
        }
    }

    private static IEnumerable<string?> BlockLines(JsonElement block)
    {
        if (block.ValueKind != JsonValueKind.Object) yield break;
        if (block.TryGetProperty("text", out var text)) yield return TextOf(text);
        foreach (var part in Each(block, "fields").Concat(Each(block, "elements"))) yield return TextOf(part);
    }

    private static IEnumerable<string?> AttachmentLines(JsonElement attachment)
    {
        if (attachment.ValueKind != JsonValueKind.Object) yield break;
        var (title, link) = (Text(attachment, "title"), Text(attachment, "title_link"));
        string?[] lines =
        [
            Text(attachment, "pretext"), Text(attachment, "author_name"), title is not null && link is not null ? $"{title} ({link})" : title,
            Text(attachment, "text"), .. Each(attachment, "fields").Select(Field), .. Each(attachment, "blocks").SelectMany(BlockLines),
        ];
        foreach (var line in lines.Any(line => line?.Length > 0) ? lines : [Text(attachment, "fallback")]) yield return line;
    }

    private static string? Field(JsonElement field) =>
        field.ValueKind != JsonValueKind.Object ? null
        : (Text(field, "title"), Text(field, "value")) is var (title, value) && title is not null && value is not null ? $"{title}: {value}"
        : Text(field, "title") ?? Text(field, "value");

    // A text, or an object that has one.
    private static string? TextOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? ChatMarkup.ToPlain(element.GetString()!)
        : element.ValueKind == JsonValueKind.Object ? Text(element, "text")
        : null;

    // Numbers come where people fill in a template.
    private static string? Text(JsonElement of, string name) =>
        !of.TryGetProperty(name, out var value) ? null
        : value.ValueKind is JsonValueKind.Number ? value.GetRawText()
        : value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? ChatMarkup.ToPlain(text)
        : null;

    private static JsonElement.ArrayEnumerator Each(JsonElement of, string name) =>
        of.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;

    private static string Lines(IEnumerable<string?> lines) => string.Join('\n', lines.Where(line => !string.IsNullOrWhiteSpace(line)));
}
