using System.Globalization;

namespace RvpServer.Configuration;

/// <summary>Finds mistakes in what is different for single IM domains, and in how the web client looks for all of them.</summary>
internal sealed class DomainOptionsValidator(Mistakes mistakes, PathChecks paths)
{
    /// <summary>A title stands in the tab of a browser, and at the head of a narrow form.</summary>
    private const int MaxTitleLength = 60;

    public void Validate(RvpOptions options)
    {
        ValidateBrand("Rvp:WebClient", options.WebClient);
        var hosted = options.VirtualServers.Select(server => server.Domain).Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var names = new Dictionary<string, string>();
        var folders = new Dictionary<string, string>();
        if (IsFolder(options.ProtocolLog.Directory)) folders[paths.FolderOf(options.ProtocolLog.Directory)] = "Rvp:ProtocolLog:Directory";
        foreach (var (name, domain) in options.Domains)
        {
            var key = "Rvp:Domains:" + name;
            // Without virtual servers, that is the mistake.
            if (hosted.Count > 0 && !hosted.Exists(known => RvpSettings.InAscii(known) == RvpSettings.InAscii(name)))
                mistakes.AddUnknown(key, NearMiss.Cure(name, hosted, "IM domains"));
            else if (!names.TryAdd(RvpSettings.InAscii(name), key)) mistakes.AddUnknown(key, $"{names[RvpSettings.InAscii(name)]} is the same IM domain");
            ValidateBrand(key + ":WebClient", domain.WebClient);
            ValidateLog(key + ":ProtocolLog", domain.ProtocolLog, folders);
            ValidateLimits(key + ":Limits", domain.Limits, options.Limits);
            ValidateMessages(key + ":Messages", domain.Messages.Archive, options.Messages);
        }
        ValidateMessages("Rvp:Messages", options.Messages.Archive, options.Messages);
    }

    private void ValidateBrand(string key, BrandOptions brand)
    {
        if (brand.Title is { } title && (string.IsNullOrWhiteSpace(title) || title.Length > MaxTitleLength || title.Any(char.IsControl)))
        {
            mistakes.Add($"{key}:Title", title, string.Create(
                CultureInfo.InvariantCulture, $"write 1 to {MaxTitleLength} characters, for example Contoso Chat"));
        }
        if (brand.Accent is { } accent && !IsColour(accent)) mistakes.Add($"{key}:Accent", accent, "write a colour as #rrggbb, for example #7a1fa2");
        paths.ValidateFile($"{key}:Logo", brand.Logo, isSecret: false);
    }

    private void ValidateLog(string key, DomainLogOptions log, Dictionary<string, string> folders)
    {
        if (log.Directory is not { } folder)
        {
            if (log.RetainedFiles is { } kept)
                mistakes.Add($"{key}:RetainedFiles", kept, $"this counts the files of a folder of its own: name one in {key}:Directory");
            return;
        }
        paths.ValidateFolder($"{key}:Directory", folder);
        if (IsFolder(folder) && !folders.TryAdd(paths.FolderOf(folder), $"{key}:Directory"))
            mistakes.Add($"{key}:Directory", folder, $"{folders[paths.FolderOf(folder)]} is the same folder: write one of its own, or leave the key out");
    }

    private void ValidateLimits(string key, DomainLimitsOptions limits, LimitsOptions all)
    {
        if (limits.MaxRequests > all.MaxOutstandingRequests)
        {
            mistakes.Add($"{key}:MaxRequests", limits.MaxRequests, string.Create(
                CultureInfo.InvariantCulture, $"write at most Rvp:Limits:MaxOutstandingRequests, {all.MaxOutstandingRequests}"));
        }
    }

    // A history holds what has arrived: what no client takes must not be lost.
    private void ValidateMessages(string key, bool? archive, MessagesOptions messages)
    {
        if (archive == true && !messages.Offline) mistakes.Add($"{key}:Archive", true, "a history needs Rvp:Messages:Offline, which is off");
    }

    private static bool IsFolder(string path) => !string.IsNullOrWhiteSpace(path) && !path.Contains('\0');

    private static bool IsColour(string text) => text is ['#', _, _, _, _, _, _] && text.Skip(1).All(char.IsAsciiHexDigit);
}
