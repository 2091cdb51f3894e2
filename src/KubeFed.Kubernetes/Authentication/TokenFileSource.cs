using KubeFed.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace KubeFed.Kubernetes.Authentication;

/// <summary>
/// A token that rotates in a file. It is read anew every minute, ten seconds before the minute is over; when that fails the last good one goes on
/// being used, since a rotation may be under way.
/// </summary>
internal sealed class TokenFileSource(string cluster, string path, TimeProvider time, ILogger logger) : ICredentialSource
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1) - TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private IssuedCredential? _last;
    private long _readAt;
    private bool _stale;

    public ValueTask<IssuedCredential> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_last is { } fresh && !_stale && time.GetElapsedTime(_readAt) < Period)
            {
                return ValueTask.FromResult(fresh);
            }

            try
            {
                var token = File.ReadAllText(path).Trim();
                if (token.Length == 0)
                {
                    throw new InvalidDataException("the file is empty");
                }

                _last = new IssuedCredential(BearerToken.Header(token), null);
                (_readAt, _stale) = (time.GetTimestamp(), false);
                return ValueTask.FromResult(_last);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or FormatException)
            {
                if (_last is { } old)
                {
                    logger.LogWarning(
                        "{Cluster}: the token file {Path} can't be read, the last token goes on being used: {Reason}", cluster, path, error.Message);
                    (_readAt, _stale) = (time.GetTimestamp(), false);
                    return ValueTask.FromResult(old);
                }

                throw new KubeConnectionException(
                    cluster, ConnectionFailure.Credentials, $"the token file '{path}' can't be used: {error.Message.TrimEnd('.')}", error)
                {
                    Remedy = "Check the user's tokenFile field and the file's permissions; it holds one token and nothing else.",
                };
            }
        }
    }

    public bool Renew()
    {
        lock (_lock)
        {
            // Several requests may fail on the same old token; a read that has just happened is not repeated.
            _stale = true;
            return true;
        }
    }

    public void Dispose()
    {
    }
}
