export { clusterMembers, leadChannel } from './cluster-members.js';
export { Fleet, type FleetEvent, type FleetOptions, MemberEnded } from './fleet.js';
export { fileOfMember, type MemberServer, Membership, memberPlace } from './member.js';
export type { ForkedMember, ForkMember, FromMember, MemberPlace, ToMember } from './messages.js';
export { countersOf, mergePages } from './metrics-page.js';
