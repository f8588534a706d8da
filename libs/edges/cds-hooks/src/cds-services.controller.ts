import { Body, Controller, Get, HttpCode, Post, Req, UseFilters } from '@nestjs/common';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { AskRecognition, DecideRecognition, RecognitionRepository } from '#libs/recognition';
import type { FastifyRequest } from 'fastify';
import { CdsErrorFilter } from './cds-error.filter.js';
import { HOOKS, parseCall, parseFeedback } from './cds-request.js';
import { recognitionCard, type Card } from './recognition-card.js';
import { requestOrigin } from '#libs/edges/http';

const SERVICE = 'mutual-recognition';

/** CDS Hooks 2.0 (cds-hooks.hl7.org/2.0): one service on two hooks; decisions come back by its feedback endpoint. */
@Controller('cds-services')
@UseFilters(CdsErrorFilter)
export class CdsServicesController {
  constructor(
    private readonly ask: AskRecognition,
    private readonly decide: DecideRecognition,
    private readonly recognitions: RecognitionRepository,
  ) {}

  @Get()
  @Route({ permission: 'public', summary: 'CDS Hooks discovery' })
  discover() {
    return {
      services: HOOKS.map((hook) => ({
        hook,
        id: SERVICE,
        title: '检查检验结果互认',
        description:
          '开单时提示医共体内仍在互认有效期内的同一患者、同一项目的检查结果；互认或说明复查理由由接诊医师决定。',
        prefetch: { patient: 'Patient/{{context.patientId}}' },
        usageRequirements:
          'Patient.identifier: urn:qiao:org:<code>:patient or urn:qiao:id-card; context.draftOrders: ServiceRequest.code in urn:qiao:item',
      })),
    };
  }

  @Post(SERVICE)
  @HttpCode(200)
  @Route({ permission: 'recognition.ask', summary: 'Results that make an order needless' })
  async call(@Req() request: FastifyRequest & AuthenticatedRequest, @Body() body: unknown): Promise<{ cards: Card[] }> {
    const { hook, hookInstance, userId, identifiers, orders } = parseCall(body);
    const items = [...new Set(orders.map((order) => order.item))];
    const proposals = await this.ask.run(request.caller, { hook, hookInstance, shownTo: userId, identifiers, items });
    const reasons = proposals.length === 0 ? [] : await this.recognitions.reasons();
    const origin = requestOrigin(request);
    return { cards: proposals.map((proposal) => recognitionCard(proposal, orders, reasons, origin)) };
  }

  @Post(`${SERVICE}/feedback`)
  @HttpCode(200)
  @Route({ permission: 'recognition.ask', summary: 'What was decided about the cards' })
  async feedback(@Req() request: AuthenticatedRequest, @Body() body: unknown): Promise<Record<string, never>> {
    await this.decide.run(request.caller, parseFeedback(body));
    return {};
  }
}
