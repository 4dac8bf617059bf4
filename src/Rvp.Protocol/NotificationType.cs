using System.Diagnostics.CodeAnalysis;

namespace Rvp.Protocol;

/// <summary>What a subscription asks for. Stored, so the numbers must not change.</summary>
public enum NotificationType
{
    /// <summary><c>pragma/notify</c>: the node's own notifications; a sign-in.</summary>
    Notify = 1,

    /// <summary><c>update/propchange</c>: changes of the node's properties; a watch.</summary>
    PropertyChange = 2,
}

/// <summary>The Notification-Type header.</summary>
public static class NotificationTypes
{
    /// <summary>Parses the header value without case; surrounding white space is ignored.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out NotificationType type)
    {
        var trimmed = text is null ? default : text.AsSpan().Trim();
        if (trimmed.Equals("pragma/notify", StringComparison.OrdinalIgnoreCase)) type = NotificationType.Notify;
        else if (trimmed.Equals("update/propchange", StringComparison.OrdinalIgnoreCase)) type = NotificationType.PropertyChange;
        else
        {
            type = default;
            return false;
        }
        return true;
    }
}
